"""The corruption campaign: what becomes of damaged files?

`settings` read the plan, `anatomy` says what is where in a file, `damages` draws what is done to
it, `command` has the pipeline load what was damaged, `tables` say what became of it.
"""
