"""Published cells, repeated without the suite: plain scripts, a fresh process each.

`seed_example_*` are the programs that the project grew from, word for word; `replay` repeats one
side of any other cell; `telling` prints what became of a program; these run inside the environments
(Python 3.7). `check` runs them from the suite's Python and compares with what was published:

    python -m tests.by_hand.check --data results/published --seeds --sample 60 --seed 2026
"""
