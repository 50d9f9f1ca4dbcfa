"""What is to be forged, and is all of it well formed? All faults are raised at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from experiments.config import globs
from experiments.config.faults import ConfigFaultsError, Fault, nearest
from experiments.config.hydra import Primary
from experiments.config.schema import ROOT
from experiments.corruption import campaigns
from experiments.corruption.trials import Trial
from experiments.hostile.config import Hostile, Select
from experiments.scenarios import _hostile
from results.contract.cells import APIS, WRITTEN_BY

FILE = "configs/hostile.yaml"
HERE = f"{FILE} or the command line"
PRIMARY = Primary(Hostile, "hostile", tuple(field.name for field in fields(Select)))
SCENARIO = "_hostile"
WATCHED = ("work/marker", "work/marker_at_load", "escaped", "tmp/escaped", "secret")
"""The files, in a cell's folder, by which it is seen what a forged file has done."""


def load(overrides: Sequence[str], root: Path = ROOT) -> Hostile:
    """Compose and check everything that decides a campaign.

    Raises `ConfigFaultsError` with all faults that were found.
    """
    faults: list[Fault] = []
    settings = campaigns.composed(PRIMARY, overrides, root, faults)
    if settings is not None:
        faults.extend(_name_faults(settings))
    if not faults and settings is not None:
        faults.extend(_select_faults(settings))
    if faults or settings is None:
        raise ConfigFaultsError(faults)
    return settings


def trials(settings: Hostile) -> list[Trial]:
    """List what is selected, sorted."""
    found = [
        Trial(SCENARIO, case, name, api, environment, {"watch": list(WATCHED)}, forged.saved_as)
        for case, forged in settings.cases.items()
        for name, apis in forged.formats.items()
        for api in apis
        for environment in settings.environment
    ]
    select = settings.select
    chosen = [
        trial
        for trial in found
        if globs.matches(trial.environment, select.environment)
        and globs.matches(trial.case, select.case)
        and globs.matches(trial.format, select.format)
        and globs.matches(trial.api, select.api)
    ]
    return sorted(chosen, key=lambda trial: trial.cell.id)


def _name_faults(settings: Hostile) -> Iterator[Fault]:
    """Check that what is named is there."""
    for case, forged in settings.cases.items():
        if case not in _hostile.FORGED:
            yield Fault(HERE, f"cases: no case {case!r}", nearest(case, _hostile.FORGED))
        if forged.saved_as not in _hostile.BUILT:
            what = f"cases.{case}: no model {forged.saved_as!r}"
            yield Fault(HERE, what, nearest(forged.saved_as, _hostile.BUILT))
        for name, apis in forged.formats.items():
            if name not in WRITTEN_BY:
                yield Fault(HERE, f"cases.{case}: no format {name!r}", nearest(name, WRITTEN_BY))
            for api in apis:
                if api not in APIS:
                    yield Fault(HERE, f"cases.{case}.{name}: no API {api!r}", nearest(api, APIS))


def _select_faults(settings: Hostile) -> Iterator[Fault]:
    """Report each glob that matches none of the names it could match, and an empty selection."""
    formats = {name: apis for one in settings.cases.values() for name, apis in one.formats.items()}
    known = {
        "environment": list(settings.environment),
        "case": list(settings.cases),
        "format": list(formats),
        "api": sorted({api for apis in formats.values() for api in apis}),
    }
    found = list(globs.faults(settings.select, known))
    yield from found
    if not found and not trials(settings):
        fix = "Leave one out; the formats of a case are in its file."
        yield Fault("select", "nothing has all of this: each name exists, but not together", fix)
