"""Compose and check the settings of the timings.

They are a second plan beside that of the matrix: `configs/timings.yaml` with one of
`configs/timing`, the environments, and every kind of model. All faults are raised at once.
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
from experiments.families import names as kind_modules
from experiments.timings import design
from experiments.timings.config import ModelKind, Timings
from results.contract.cells import APIS, WRITTEN_BY

PRIMARY = Primary(Timings, "timings", "timing")
FILE = "configs/timings.yaml"
INPUT = f"{FILE} or the command line"


def load(overrides: Sequence[str], root: Path = ROOT) -> Timings:
    """Compose and check all settings of a session of timings.

    Raises `ConfigFaultsError` with all faults.
    """
    faults: list[Fault] = []
    environments = read_environments(root, faults)
    kinds = read_group(root, "family", ModelKind, faults)
    settings = PRIMARY.read(root, overrides, faults)
    faults.extend(_kind_faults(root, kinds))
    if settings is not None:
        settings.environment, settings.family = environments, kinds
        faults.extend(_value_faults(settings))
        faults.extend(_name_faults(settings))
    if not faults and settings is not None:
        faults.extend(_select_faults(settings))
    if faults or settings is None:
        raise ConfigFaultsError(faults)
    return settings


def _kind_faults(root: Path, kinds: dict[str, ModelKind]) -> Iterator[Fault]:
    modules, files = set(kind_modules()), set(stems(root, "family"))
    for name in sorted(modules - files):
        fix = f"Write configs/family/{name}.yaml, or remove the module."
        module = f"experiments/families/{name}.py"
        yield Fault(module, "this kind of model has no configuration", fix)
    for name in sorted(files - modules):
        fix = f"Write experiments/families/{name}.py, or remove the file."
        yield Fault(f"configs/family/{name}.yaml", "this kind of model has no module", fix)
    for name, kind in kinds.items():
        file = f"configs/family/{name}.yaml"
        if not kind.sizes:
            yield Fault(file, "sizes is empty", "Name at least one size.")
        for size, model in kind.sizes.items():
            if not NAME.fullmatch(size):
                yield Fault(file, f"size {size!r} cannot be part of a name", "Use a-z, 0-9 and _")
            if model.parameters <= 0:
                yield Fault(file, f"{size} has no parameters", "Give their number.")


def _value_faults(settings: Timings) -> Iterator[Fault]:
    """Check the values that can be set on the command line."""
    positive = {
        "budget_s": settings.budget_s,
        "change": settings.change,
        "slice_s": settings.slice_s,
        **{f"limit.{key}": value for key, value in vars(settings.limit).items()},
    }
    for key, value in positive.items():
        if not value > 0:
            yield Fault(INPUT, f"{key} is {value:g}", "Give a number above 0.")
    least, most = settings.rounds.least, settings.rounds.most
    if least < 2:
        yield Fault(INPUT, f"rounds.least is {least}", "An interval needs two rounds or more.")
    if most < least:
        yield Fault(INPUT, f"rounds.most is {most}, rounds.least is {least}", "Raise the first.")
    for name, control in settings.controls.items():
        if not 0 <= control.slower < 10:
            fix = "Give a part of the load's time, such as 0.1."
            yield Fault(INPUT, f"controls.{name}.slower is {control.slower:g}", fix)
    for name in [settings.name, *settings.controls]:
        if not NAME.fullmatch(name):
            yield Fault(INPUT, f"{name!r} cannot name a folder", "Use a-z, 0-9, _, - and .")


def _name_faults(settings: Timings) -> Iterator[Fault]:
    """Check that every named format, API, environment and model exists."""
    for name, timed in settings.formats.items():
        if name not in WRITTEN_BY:
            yield Fault(INPUT, f"formats: no format {name!r}", nearest(name, WRITTEN_BY))
        for api in timed.load:
            if api not in APIS:
                yield Fault(INPUT, f"formats.{name}: no API {api!r}", nearest(api, APIS))
    for name, control in settings.controls.items():
        if name in settings.environment:
            fix = "Give the control a name of its own."
            yield Fault(INPUT, f"controls: {name!r} is an environment", fix)
        if control.environment not in settings.environment:
            problem = f"controls.{name}: no environment {control.environment!r}"
            yield Fault(INPUT, problem, nearest(control.environment, settings.environment))
    models = [f"{name}/{size}" for name, kind in settings.family.items() for size in kind.sizes]
    model_globs = {"cold": settings.cold}
    model_globs |= {f"formats.{name}.save": timed.save for name, timed in settings.formats.items()}
    for key, patterns in model_globs.items():
        for glob in patterns:
            if not any(fnmatchcase(model, glob) for model in models):
                yield Fault(INPUT, f"{key}: no model matches {glob!r}", nearest(glob, models))
    environment_globs = {
        (f"configs/family/{name}.yaml", size): model.environments
        for name, kind in settings.family.items()
        for size, model in kind.sizes.items()
    }
    environment_globs |= {
        (INPUT, f"formats.{name}"): timed.environments for name, timed in settings.formats.items()
    }
    for (file, key), environments in environment_globs.items():
        for glob in environments or []:
            if not any(fnmatchcase(name, glob) for name in settings.environment):
                fix = nearest(glob, settings.environment)
                yield Fault(file, f"{key}: no environment matches {glob!r}", fix)


def _select_faults(settings: Timings) -> Iterator[Fault]:
    """Report each glob that matches no name, and an empty selection."""
    names = {
        "environment": [*settings.environment, *settings.controls],
        "family": list(settings.family),
        "size": sorted({size for kind in settings.family.values() for size in kind.sizes}),
        "format": list(settings.formats),
        "api": sorted({api for timed in settings.formats.values() for api in timed.load}),
    }
    faults = list(globs.faults(settings.select, names))
    yield from faults
    if not faults and not design.Design(settings).models:
        fix = "Leave a glob out; `--dry-run` shows the models of a selection."
        yield Fault("select", "no model matches all globs, though each glob matches a name", fix)
