"""Can this machine run the matrix: which interpreters and environments are there?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rich.console import Console
from rich.table import Table

from experiments.config import compose
from experiments.config.faults import Fault
from experiments.config.schema import Environment
from experiments.environments import forecast, installation, interpreters, locks
from experiments.environments.interpreters import Interpreter

COLUMNS = ("environment", "python", "interpreter", "lock", "built")


def run(words: Sequence[str], console: Console) -> int:
    """Print what was found and how to get what is missing; 1 if something cannot be had."""
    config = compose.load([])
    seen = cache(_interpreter)
    table = Table(*COLUMNS, box=None, pad_edge=False)
    steps: dict[str, None] = {}
    for name, environment in config.environment.items():
        where, step = seen(environment.python)
        faults = locks.check(locks.path(name), environment)
        steps |= dict.fromkeys([*([step] if step else []), *map(str, faults)])
        table.add_row(*_row(name, environment, where, faults))
    console.print(table)
    for line in forecast.preview(config, list(config.environment), 0):
        if not line.startswith("forecast"):
            console.print(line, highlight=False, soft_wrap=True)
    for patch in interpreters.FAULTS:
        line = interpreters.passed_over(patch)
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for step in steps:
        console.print(step, highlight=False, markup=False, soft_wrap=True)
    return 1 if steps else 0


def _row(name: str, environment: Environment, where: str, faults: list[Fault]) -> list[str]:
    built = not faults and installation.is_ready(name)
    lock, state = "bad" if faults else "good", "yes" if built else "no"
    return [name, environment.python, where, lock, state]


def _interpreter(version: str) -> tuple[str, str]:
    """Say where a Python is or will come from, and what the user has to do if from nowhere."""
    found = interpreters.find(version)
    if isinstance(found, Interpreter):
        return found.origin, ""
    promise = interpreters.promised(version)
    if promise:
        return promise, ""
    return "missing", f"Python {version}: {found.next_step}"
