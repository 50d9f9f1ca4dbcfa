"""Compose and check the settings of the corruption campaign.

All faults are raised at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from experiments.config import checks, globs
from experiments.config.environments import add_variables, read_environments
from experiments.config.faults import ConfigFaultsError, Fault, nearest
from experiments.config.primary import Primary
from experiments.config.reading import read_group
from experiments.config.schema import ROOT, Message
from experiments.corruption.config import Corruption
from results.contract.cells import APIS, WRITTEN_BY

FILE = "configs/corruption.yaml"
INPUT = f"{FILE} or the command line"
LARGEST_BYTE = 0xFF
PRIMARY = Primary(Corruption, "corruption")


def load(overrides: Sequence[str], root: Path = ROOT) -> Corruption:
    """Compose and check all settings of a campaign; raise `ConfigFaultsError` with all faults."""
    faults: list[Fault] = []
    environments = read_environments(root, faults)
    errors = read_group(root, "error", Message, faults)
    settings = PRIMARY.read(root, overrides, faults)
    if settings is not None:
        settings.environment, settings.error = environments, errors
        faults.extend(checks.run_faults(INPUT, settings.name, settings.jobs, settings.limits))
        faults.extend(_value_faults(settings))
        faults.extend(_name_faults(settings))
    if not faults and settings is not None:
        faults.extend(_select_faults(settings))
    if faults or settings is None:
        raise ConfigFaultsError(faults)
    add_variables(settings.environment, settings.variables)
    return settings


def selection(settings: Corruption) -> list[tuple[str, str, str]]:
    """List the selected combinations of format, API and environment."""
    return [
        (name, loads.api, environment)
        for name, loads in settings.formats.items()
        if globs.matches(name, settings.select.format)
        for environment in settings.environment
        if environment in loads.environments
        and globs.matches(environment, settings.select.environment)
    ]


def _value_faults(settings: Corruption) -> Iterator[Fault]:
    for key in ("files", "stretch"):
        if getattr(settings, key) < 1:
            yield Fault(INPUT, f"{key} is {getattr(settings, key)}", "Give a number above 0.")
    draws = vars(settings.draws)
    for name, number in draws.items():
        if number < 0:
            yield Fault(INPUT, f"draws.{name} is {number}", "Give 0 or more.")
    if not any(draws.values()):
        yield Fault(INPUT, "draws are all 0", "Give a number above 0 to at least one kind.")
    for region, fills in settings.again.fills.items():
        for fill in fills:
            if not 1 <= fill <= LARGEST_BYTE:
                problem = f"again.fills.{region}: {fill} is no byte to fill memory with"
                yield Fault(INPUT, problem, f"Give a number from 1 to {LARGEST_BYTE}.")


def _name_faults(settings: Corruption) -> Iterator[Fault]:
    """Check every name of an error message, a format, an API and an environment."""
    for name in settings.saying:
        if name not in settings.error:
            fix = nearest(name, settings.error)
            yield Fault(INPUT, f"saying: no entry {name!r} in configs/error", fix)
    for name in settings.again.formats:
        if name not in settings.formats:
            problem = f"again.formats: no format {name!r} in formats"
            yield Fault(INPUT, problem, nearest(name, settings.formats))
    for name, loads in settings.formats.items():
        if name not in WRITTEN_BY:
            yield Fault(INPUT, f"formats: no format {name!r}", nearest(name, WRITTEN_BY))
        if loads.api not in APIS:
            problem = f"formats.{name}: no API {loads.api!r}"
            yield Fault(INPUT, problem, nearest(loads.api, APIS))
        for environment in loads.environments:
            if environment not in settings.environment:
                problem = f"formats.{name}: no environment {environment!r}"
                yield Fault(INPUT, problem, nearest(environment, settings.environment))


def _select_faults(settings: Corruption) -> Iterator[Fault]:
    """Report each glob that matches nothing, and a selection without any load."""
    loaders = {name for loads in settings.formats.values() for name in loads.environments}
    names = {"environment": sorted(loaders), "format": list(settings.formats)}
    faults = list(globs.faults(settings.select, names))
    yield from faults
    if not faults and not selection(settings):
        fix = f"Choose an environment that loads the format: see `formats` in {FILE}."
        yield Fault("select", "no selected environment loads a selected format", fix)
