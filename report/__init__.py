"""What do the published results mean?

`python -m report --data results/published --out report` reads one folder of the data contract and
writes `COMPATIBILITY.md` and `figures/`. It knows the contract and nothing else of the project:
the same records in give the same bytes out.
"""
