"""Time loads and saves in every environment, and compare the releases.

`settings` composes and checks the plan, `design` expands it into turns, `capacity` checks that they
fit the machine. `session` lets the `timer_processes` take the turns, one at a time. `ledger` builds
the requests and keeps the replies. `statistics` estimates times and changes from the samples,
`tables` writes them down, `rejudging` repeats the estimates for published samples.
"""
