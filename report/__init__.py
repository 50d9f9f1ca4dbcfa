"""What the published results mean.

`python -m report` reads `results/published`, one folder of the data contract, and writes
`report/pages`: the pages, their figures, and one page for each scenario. It imports `results` and
nothing else of the project. The same published files give the same bytes of every page.
"""
