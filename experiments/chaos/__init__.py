"""Does a run survive what happens to it? A small one is disturbed again and again.

`events` draws what happens and when, `processes` finds whom it happens to and what is left behind,
`trial` disturbs a run and lets it go on, `command` compares how it ends with an undisturbed one.
"""
