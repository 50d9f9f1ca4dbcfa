"""How long does a load take, how sure is that, and what changed from release to release?

`settings` composes and checks the plan, `design` expands it into turns, `room` sees whether they
fit the machine. `session` goes through them: an `ensemble` of processes, one for each environment,
of which one at a time is told to go; `allotment` says what it is worth to go on with. `samples`
reads what they said, `neighbours` says what is compared, `estimates` makes rows of it, `control`,
`changes` and `scaling` say what follows, `tables` writes all of it down.
"""
