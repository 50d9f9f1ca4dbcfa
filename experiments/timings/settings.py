"""What is to be timed, and is all of it well formed?

The second plan beside that of the matrix: `configs/timings.yaml` with one of `configs/timing`, the
environments, and every family of models. All faults are raised at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from experiments.config import globs
from experiments.config.environments import read_environments
from experiments.config.faults import NAME, ConfigFaultsError, Fault, nearest
from experiments.config.primary import Primary
from experiments.config.reading import read_group, stems
from experiments.config.schema import ROOT
from experiments.families import names as family_modules
from experiments.timings import design
from experiments.timings.config import ModelFamily, Timings
from results.contract.cells import APIS, WRITTEN_BY

PRIMARY = Primary(Timings, "timings", "timing")
FILE = "configs/timings.yaml"
HERE = f"{FILE} or the command line"


def load(overrides: Sequence[str], root: Path = ROOT) -> Timings:
    """Compose and check everything that decides a session of timings.

    Raises `ConfigFaultsError` with all faults that were found.
    """
    faults: list[Fault] = []
    environments = read_environments(root, faults)
    families = read_group(root, "family", ModelFamily, faults)
    settings = PRIMARY.read(root, overrides, faults)
    faults.extend(_family_faults(root, families))
    if settings is not None:
        settings.environment, settings.family = environments, families
        faults.extend(_value_faults(settings))
        faults.extend(_name_faults(settings))
    if not faults and settings is not None:
        faults.extend(_select_faults(settings))
    if faults or settings is None:
        raise ConfigFaultsError(faults)
    return settings


def _family_faults(root: Path, families: dict[str, ModelFamily]) -> Iterator[Fault]:
    modules, files = set(family_modules()), set(stems(root, "family"))
    for name in sorted(modules - files):
        fix = f"Write configs/family/{name}.yaml, or remove the module."
        yield Fault(f"experiments/families/{name}.py", "this family has no configuration", fix)
    for name in sorted(files - modules):
        fix = f"Write experiments/families/{name}.py, or remove the file."
        yield Fault(f"configs/family/{name}.yaml", "this family has no module", fix)
    for name, family in families.items():
        where = f"configs/family/{name}.yaml"
        if not family.sizes:
            yield Fault(where, "sizes is empty", "Name at least one size.")
        for size, model in family.sizes.items():
            if not NAME.fullmatch(size):
                yield Fault(where, f"size {size!r} cannot be part of a name", "Use a-z, 0-9 and _")
            if model.parameters <= 0:
                yield Fault(where, f"{size} has no parameters", "Give their number.")


def _value_faults(settings: Timings) -> Iterator[Fault]:
    """Check what can be set on the command line."""
    positive = {
        "budget_s": settings.budget_s,
        "change": settings.change,
        "slice_s": settings.slice_s,
        **{f"limit.{key}": value for key, value in vars(settings.limit).items()},
    }
    for key, value in positive.items():
        if not value > 0:
            yield Fault(HERE, f"{key} is {value:g}", "Give a number above 0.")
    least, most = settings.rounds.least, settings.rounds.most
    if least < 2:
        yield Fault(HERE, f"rounds.least is {least}", "An interval needs two rounds or more.")
    if most < least:
        yield Fault(HERE, f"rounds.most is {most}, rounds.least is {least}", "Raise the first.")
    for name, control in settings.controls.items():
        if not 0 <= control.slower < 10:
            fix = "Give a part of the load's time, such as 0.1."
            yield Fault(HERE, f"controls.{name}.slower is {control.slower:g}", fix)
    for name in [settings.name, *settings.controls]:
        if not NAME.fullmatch(name):
            yield Fault(HERE, f"{name!r} cannot name a folder", "Use a-z, 0-9, _, - and .")


def _name_faults(settings: Timings) -> Iterator[Fault]:
    """Check that what is named is there."""
    for name, timed in settings.formats.items():
        if name not in WRITTEN_BY:
            yield Fault(HERE, f"formats: no format {name!r}", nearest(name, WRITTEN_BY))
        for api in timed.load:
            if api not in APIS:
                yield Fault(HERE, f"formats.{name}: no API {api!r}", nearest(api, APIS))
    for name, control in settings.controls.items():
        if name in settings.environment:
            fix = "Give the control a name of its own."
            yield Fault(HERE, f"controls: {name!r} is an environment", fix)
        if control.environment not in settings.environment:
            what = f"controls.{name}: no environment {control.environment!r}"
            yield Fault(HERE, what, nearest(control.environment, settings.environment))
    models = [f"{name}/{size}" for name, one in settings.family.items() for size in one.sizes]
    globs = {"cold": settings.cold}
    globs |= {f"formats.{name}.save": timed.save for name, timed in settings.formats.items()}
    for key, found in globs.items():
        for glob in found:
            if not any(fnmatchcase(model, glob) for model in models):
                yield Fault(HERE, f"{key}: no model matches {glob!r}", nearest(glob, models))
    within = {
        (f"configs/family/{name}.yaml", size): model.environments
        for name, one in settings.family.items()
        for size, model in one.sizes.items()
    }
    within |= {
        (HERE, f"formats.{name}"): timed.environments for name, timed in settings.formats.items()
    }
    for (where, what), environments in within.items():
        for glob in environments or []:
            if not any(fnmatchcase(known, glob) for known in settings.environment):
                fix = nearest(glob, settings.environment)
                yield Fault(where, f"{what}: no environment matches {glob!r}", fix)


def _select_faults(settings: Timings) -> Iterator[Fault]:
    """Report each glob that matches none of the names it could match, and an empty selection."""
    known = {
        "environment": [*settings.environment, *settings.controls],
        "family": list(settings.family),
        "size": sorted({size for one in settings.family.values() for size in one.sizes}),
        "format": list(settings.formats),
        "api": sorted({api for timed in settings.formats.values() for api in timed.load}),
    }
    found = list(globs.faults(settings.select, known))
    yield from found
    if not found and not design.Design(settings).models:
        fix = "Leave one out; `--dry-run` shows what a selection has."
        yield Fault("select", "no model has all of this: each name exists, but not together", fix)
