"""What is to be damaged, and is all of it well formed? All faults are raised at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from experiments.config import globs
from experiments.config.compose import add_variables
from experiments.config.faults import ConfigFaultsError, Fault, nearest
from experiments.config.hydra import Primary
from experiments.config.schema import ROOT
from experiments.corruption import campaigns
from experiments.corruption.config import Corruption, Draws, Select
from results.contract.cells import APIS, OUTCOMES, WRITTEN_BY

FILE = "configs/corruption.yaml"
HERE = f"{FILE} or the command line"
MOST = 0xFFFF
"""The largest number of a fill: its low byte is what memory holds, all of it draws the order."""
PRIMARY = Primary(Corruption, "corruption", tuple(field.name for field in fields(Select)))


def load(overrides: Sequence[str], root: Path = ROOT) -> Corruption:
    """Compose and check everything that decides a campaign.

    Raises `ConfigFaultsError` with all faults that were found.
    """
    faults: list[Fault] = []
    settings = campaigns.composed(PRIMARY, overrides, root, faults)
    if settings is not None:
        faults.extend(_value_faults(settings))
        faults.extend(_name_faults(settings))
    if not faults and settings is not None:
        faults.extend(_select_faults(settings))
    if faults or settings is None:
        raise ConfigFaultsError(faults)
    add_variables(settings.environment, settings.variables)
    return settings


def chosen(settings: Corruption) -> list[tuple[str, str, str]]:
    """List what is selected: format, API, environment."""
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
    draws = {field.name: getattr(settings.draws, field.name) for field in fields(Draws)}
    for name, number in draws.items():
        if number < 0:
            yield Fault(HERE, f"draws.{name} is {number}", "Give 0 or more.")
    if not any(draws.values()):
        yield Fault(HERE, "draws are all 0", "Give one of them a number above 0.")


def _name_faults(settings: Corruption) -> Iterator[Fault]:
    """Check that what is named is there."""
    for name in settings.saying:
        if name not in settings.error:
            fix = nearest(name, settings.error)
            yield Fault(HERE, f"saying: no entry {name!r} in configs/error", fix)
    for name in settings.again.formats:
        if name not in settings.formats:
            what = f"again.formats: no format {name!r} in formats"
            yield Fault(HERE, what, nearest(name, settings.formats))
    for key, known in (("damages", [one.name for one in fields(Draws)]), ("ends", OUTCOMES)):
        for name in getattr(settings.again, key):
            if name not in known:
                yield Fault(HERE, f"again.{key}: no {name!r}", nearest(name, known))
    for key in ("fills", "damages", "ends"):
        for name, fills in getattr(settings.again, key).items():
            for fill in fills:
                if not 1 <= fill <= MOST:
                    what = f"again.{key}.{name}: {fill} cannot be what memory is filled with"
                    yield Fault(
                        HERE, what, f"Give a byte, or a number up to {MOST} that ends on it."
                    )
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
    known = {
        "environment": sorted({one for of in settings.formats.values() for one in of.environments}),
        "format": list(settings.formats),
    }
    found = list(globs.faults(settings.select, known))
    yield from found
    if not found and not chosen(settings):
        fix = "Choose an environment in which the format is loaded: see formats in its file."
        yield Fault("select", "no format is loaded there", fix)
