"""Disturbs a small run again and again, and checks that it survives.

`events` draws the disturbances and their moments, `processes` finds the processes of a run, `trial`
disturbs a run and lets it go on, and `command` compares its end with an undisturbed run.
"""
