"""Bounds the share of the machine that a cell may take, and looks at the cell from outside.

`watch` measures memory, output, files and processes; `waiting` and `loops` tell a cell that waits
or loops from a slow machine. `offspring` finds and ends the processes of a cell. `fence` keeps its
changes in its own folder. `note` is the memory that a cell shares with its worker.
"""
