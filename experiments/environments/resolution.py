"""Resolve locks anew: the command `lock`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from experiments import tools
from experiments.config.environments import read_environments
from experiments.config.faults import ConfigFaultsError, Fault, nearest
from experiments.config.schema import ROOT
from experiments.environments import locks
from experiments.environments.uv import UvError

FINISHED, HARNESS_FAILED = 0, 1


def run(words: Sequence[str], console: Console) -> int:
    """Resolve the locks of the named environments, or of all and of the suite's own tools."""
    faults: list[Fault] = []
    environments = read_environments(ROOT, faults)
    if faults:
        raise ConfigFaultsError(faults)
    names = [*environments, *tools.TOOLS]
    unknown = [word for word in words if word not in names]
    if unknown:
        raise ConfigFaultsError(
            Fault(word, "no such environment", nearest(word, names)) for word in unknown
        )
    status = FINISHED
    for name in words or names:
        try:
            change = locks.write(name, environments.get(name))
        except UvError as error:
            status, change = HARNESS_FAILED, f"could not be resolved: {error}"
        console.print(f"{name}: {change}", highlight=False, markup=False, soft_wrap=True)
    return status
