"""The campaign of hostile files: what does a stranger's file make its reader do?

`settings` read the plan, `command` has the pipeline load what scenarios/_hostile.py forges, `table`
says what came of it.
"""
