"""Run the corruption campaign: damage files, load them, and count the ends of the loads.

`settings` reads the plan. `anatomy` maps the structure of a file, and `damages` draws damages by
that map. `campaign` lets the pipeline save and load files. `repeats` loads some damaged files
again, `tables` counts the ends. `command` carries out all steps in turn.
"""
