"""Repeats published cells without the suite: plain scripts, each in a fresh process.

`seed_example_*` are the programs from which the project grew, word for word. `replay` repeats one
side of any other cell. `telling` prints the end of a program. These run inside the environments
(Python 3.7). `check` runs them from the suite's Python and compares them with the published rows:

    python -m tests.by_hand.check --data results/published --seeds --sample 60 --seed 2026
"""
