"""Can this machine run the matrix: which interpreters and environments are there?"""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from experiments import compose, environments, interpreters, locks, resources
from experiments.interpreters import Interpreter


def run(console: Console) -> int:
    """Print what was found and how to get what is missing; 1 if something is."""
    config = compose.load([])
    table = Table("environment", "python", "interpreter", "lock", "built", box=None, pad_edge=False)
    steps: dict[str, str] = {}
    for name, environment in config.environment.items():
        found = interpreters.find(environment.python)
        faults = locks.check(locks.path(name))
        if isinstance(found, Interpreter):
            here = f"{found.origin}"
        else:
            here = "missing"
            steps[found.version] = f"Python {found.version}: {found.next_step}"
        for fault in faults:
            steps[name] = str(fault)
        built = not faults and environments.is_ready(name)
        table.add_row(
            name, environment.python, here, "bad" if faults else "good", "yes" if built else "no"
        )
    console.print(table)
    for line in resources.preview(config, list(config.environment), 0):
        if not line.startswith("forecast"):
            console.print(line, highlight=False, soft_wrap=True)
    for step in steps.values():
        console.print(step, highlight=False, markup=False, soft_wrap=True)
    return 1 if steps else 0
