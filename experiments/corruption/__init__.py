"""The corruption campaign: damage files, load them, and count their ends.

`settings` reads the plan, `anatomy` maps the structure of a file, `damages` draws damage by that
map, `campaign` has the pipeline load the damaged files, `again` loads some of them again, `tables`
counts the ends, `command` does all of it in turn.
"""
