"""Read the plan of the campaign, and raise all of its faults at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from experiments.config import checks, globs
from experiments.config.environments import add_variables, read_environments
from experiments.config.faults import ConfigFaultsError, Fault, nearest
from experiments.config.primary import Primary
from experiments.config.reading import read_group
from experiments.config.schema import ROOT, Family
from experiments.corruption.config import Corruption
from results.contract.cells import APIS, WRITTEN_BY

FILE = "configs/corruption.yaml"
HERE = f"{FILE} or the command line"
BYTE = 0xFF
PRIMARY = Primary(Corruption, "corruption")


def load(overrides: Sequence[str], root: Path = ROOT) -> Corruption:
    """Compose and check everything that decides a campaign; raise `ConfigFaultsError`."""
    faults: list[Fault] = []
    environments = read_environments(root, faults)
    errors = read_group(root, "error", Family, faults)
    settings = PRIMARY.read(root, overrides, faults)
    if settings is not None:
        settings.environment, settings.error = environments, errors
        faults.extend(checks.run_faults(HERE, settings.name, settings.jobs, settings.limits))
        faults.extend(_value_faults(settings))
        faults.extend(_name_faults(settings))
    if not faults and settings is not None:
        faults.extend(_select_faults(settings))
    if faults or settings is None:
        raise ConfigFaultsError(faults)
    add_variables(settings.environment, settings.variables)
    return settings


def chosen(settings: Corruption) -> list[tuple[str, str, str]]:
    """List the selection: format, API, environment."""
    return [
        (name, loaded.api, environment)
        for name, loaded in settings.formats.items()
        if globs.matches(name, settings.select.format)
        for environment in settings.environment
        if environment in loaded.environments
        and globs.matches(environment, settings.select.environment)
    ]


def _value_faults(settings: Corruption) -> Iterator[Fault]:
    for key in ("files", "stretch"):
        if getattr(settings, key) < 1:
            yield Fault(HERE, f"{key} is {getattr(settings, key)}", "Give a number above 0.")
    draws = vars(settings.draws)
    for name, number in draws.items():
        if number < 0:
            yield Fault(HERE, f"draws.{name} is {number}", "Give 0 or more.")
    if not any(draws.values()):
        yield Fault(HERE, "draws are all 0", "Give one of them a number above 0.")
    for place, fills in settings.again.fills.items():
        for fill in fills:
            if not 1 <= fill <= BYTE:
                what = f"again.fills.{place}: {fill} is no byte to fill memory with"
                yield Fault(HERE, what, f"Give a number from 1 to {BYTE}.")


def _name_faults(settings: Corruption) -> Iterator[Fault]:
    """Check that every name is known."""
    for name in settings.saying:
        if name not in settings.error:
            fix = nearest(name, settings.error)
            yield Fault(HERE, f"saying: no entry {name!r} in configs/error", fix)
    for name in settings.again.formats:
        if name not in settings.formats:
            what = f"again.formats: no format {name!r} in formats"
            yield Fault(HERE, what, nearest(name, settings.formats))
    for name, loaded in settings.formats.items():
        if name not in WRITTEN_BY:
            yield Fault(HERE, f"formats: no format {name!r}", nearest(name, WRITTEN_BY))
        if loaded.api not in APIS:
            what = f"formats.{name}: no API {loaded.api!r}"
            yield Fault(HERE, what, nearest(loaded.api, APIS))
        for environment in loaded.environments:
            if environment not in settings.environment:
                what = f"formats.{name}: no environment {environment!r}"
                yield Fault(HERE, what, nearest(environment, settings.environment))


def _select_faults(settings: Corruption) -> Iterator[Fault]:
    """Report each glob that matches none of the names it could match, and an empty selection."""
    loaders = {name for loaded in settings.formats.values() for name in loaded.environments}
    names = {"environment": sorted(loaders), "format": list(settings.formats)}
    faults = list(globs.faults(settings.select, names))
    yield from faults
    if not faults and not chosen(settings):
        fix = "Choose an environment in which the format is loaded: see formats in its file."
        yield Fault("select", "no format is loaded there", fix)
