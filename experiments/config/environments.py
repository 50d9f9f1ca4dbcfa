"""Read the environments' files, without the rest of the configuration, and check their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from experiments.config.faults import Fault, nearest
from experiments.config.reading import read_group
from experiments.config.schema import Environment


def read_environments(root: Path, faults: list[Fault]) -> dict[str, Environment]:
    """Read and check every environment's file."""
    environments = read_group(root, "environment", Environment, faults)
    for name, environment in environments.items():
        faults.extend(_faults(name, environment, list(environments)))
    return environments


def add_variables(environments: dict[str, Environment], variables: dict[str, str]) -> None:
    """Give each environment the variables of all; its own come first."""
    for environment in environments.values():
        environment.variables = {**variables, **environment.variables}


def _faults(name: str, environment: Environment, environments: list[str]) -> Iterator[Fault]:
    """Check one environment's file; `environments` are all that there are."""
    location = f"configs/environment/{name}.yaml"
    if not re.fullmatch(r"3\.\d+", environment.python):
        yield Fault(location, f"python is {environment.python!r}", 'Write "3.N" in quotes.')
    elif int(environment.python[2:]) < 7:
        yield Fault(
            location,
            f"python {environment.python} is too old",
            'The worker needs 3.7 or newer; write "3.10" in quotes, or YAML reads 3.1.',
        )
    try:
        date.fromisoformat(environment.cutoff)
    except ValueError:
        yield Fault(location, f"cutoff {environment.cutoff!r} is no date", 'Write "YYYY-MM-DD".')
    if not environment.requirements:
        yield Fault(location, "requirements is empty", "Name at least tensorflow-cpu==VERSION.")
    release = environment.variant_of
    if release is not None and release not in environments:
        yield Fault(
            location, f"variant_of: no environment {release!r}", nearest(release, environments)
        )
    for requirement in environment.requirements:
        if "==" not in requirement:
            yield Fault(location, f"{requirement!r} names no version", "Pin it with ==.")
