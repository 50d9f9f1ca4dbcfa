"""Report the interpreters and environments of this machine, and how to get the missing ones."""

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
    """Print interpreters, locks and environments with the next steps; return 1 if there are any."""
    config = compose.load([])
    interpreter = cache(_interpreter)
    table = Table(*COLUMNS, box=None, pad_edge=False)
    steps: dict[str, None] = {}
    for name, environment in config.environment.items():
        origin, step = interpreter(environment.python)
        faults = locks.check(locks.path(name), environment)
        steps |= dict.fromkeys([*([step] if step else []), *map(str, faults)])
        table.add_row(*_row(name, environment, origin, faults))
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


def _row(name: str, environment: Environment, origin: str, faults: list[Fault]) -> list[str]:
    built = not faults and installation.is_ready(name)
    lock, state = "bad" if faults else "good", "yes" if built else "no"
    return [name, environment.python, origin, lock, state]


def _interpreter(version: str) -> tuple[str, str]:
    """Return the origin of a Python, present or promised, or else the next step of the user."""
    result = interpreters.find(version)
    if isinstance(result, Interpreter):
        return result.origin, ""
    promise = interpreters.promised(version)
    if promise:
        return promise, ""
    return "missing", f"Python {version}: {result.next_step}"
