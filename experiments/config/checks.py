"""Check the values of a configuration whose types are right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from experiments.config.faults import NAME, Fault, nearest
from experiments.config.schema import Config, Limits, OwnLimits, Scenario
from results.contract.cells import APIS, EFFECTS, WRITTEN_BY


def value_faults(config: Config) -> Iterator[Fault]:
    """Check what can be set on the command line."""
    location = "configs/config.yaml or the command line"
    yield from run_faults(location, config.name, config.jobs, config.limits)
    part = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", config.shard)
    if not part or int(part[1]) > int(part[2]):
        fix = "Give 2/8 for the second of eight parts, or leave it out."
        yield Fault(location, f"shard {config.shard!r} is no part of a whole", fix)


def run_faults(location: str, name: str, jobs: int, limits: Limits) -> Iterator[Fault]:
    """Check what every run has: a name, environments side by side, limits of a cell."""
    yield from _limit_faults(location, limits)
    if jobs < 0:
        fix = "Give 0 for one per core, or a number of environments."
        yield Fault(location, "jobs is negative", fix)
    if not NAME.fullmatch(name):
        yield Fault(location, f"name {name!r} cannot name a folder", "Use a-z, 0-9, _, - and .")


def _limit_faults(location: str, limits: Limits | OwnLimits) -> Iterator[Fault]:
    for stage, limit in vars(limits).items():
        for key, value in vars(limit).items() if limit else ():
            if value <= 0:
                yield Fault(location, f"limits.{stage}.{key} is {value}", "Give a number above 0.")


def landmark_faults(config: Config) -> Iterator[Fault]:
    """Check that landmarks and turns are there."""
    for key, names in (("landmarks", config.landmarks), ("turns", config.turns)):
        for name in names:
            if name not in config.environment:
                fix = nearest(name, config.environment)
                yield Fault("configs/config.yaml", f"{key}: no environment {name!r}", fix)


def scenario_faults(
    name: str, scenario: Scenario, modules: list[str], environments: list[str]
) -> Iterator[Fault]:
    """Check one scenario's file; `modules` are the scenarios that have code."""
    location = f"configs/scenario/{name}.yaml"
    if name not in modules:
        fix = f"Write experiments/scenarios/{name}.py, or rename the file. {nearest(name, modules)}"
        yield Fault(location, f"no scenario module {name!r}", fix)
    if not scenario.cases:
        yield Fault(location, "a scenario without cases", "Name at least one under cases.")
    if not scenario.formats:
        yield Fault(location, "a scenario without formats", "Name at least one under formats.")
    for glob in scenario.environments or ():
        if not any(fnmatchcase(environment, glob) for environment in environments):
            fix = nearest(glob, environments)
            yield Fault(location, f"environments: no environment matches {glob!r}", fix)
    for name in scenario.also:
        if name not in environments:
            yield Fault(location, f"also: no environment {name!r}", nearest(name, environments))
    yield from _limit_faults(location, scenario.limits)
    for path, effect in scenario.watch.items():
        if effect not in EFFECTS:
            yield Fault(location, f"watch.{path}: no effect {effect!r}", nearest(effect, EFFECTS))
    yield from _format_faults(location, "formats", scenario.formats)
    yield from _fact_faults(location, "facts", scenario.facts)
    for case, content in scenario.cases.items():
        if not NAME.fullmatch(case):
            yield Fault(
                location, f"case {case!r} cannot be part of a cell's id", "Use a-z, 0-9 and _."
            )
        if content.facts is not scenario.facts:
            yield from _fact_faults(location, f"cases.{case}.facts", content.facts)
        if content.formats is not scenario.formats:
            yield from _format_faults(location, f"cases.{case}.formats", content.formats)
        if content.saved_as != case and not NAME.fullmatch(content.saved_as):
            problem = f"saved_as {content.saved_as!r} cannot be part of a save's id"
            yield Fault(location, problem, "Use a-z, 0-9 and _.")


def _fact_faults(location: str, key: str, facts: list[Any]) -> Iterator[Fault]:
    """Check that each fact is something that a message can name."""
    for fact in facts:
        sizes = fact if isinstance(fact, list) else [0]
        blank = fact is None or not str(fact).strip()
        if blank or not sizes or not all(size is None or type(size) is int for size in sizes):
            fix = "Give a word, a number, or a shape as a list of sizes: [3, 32]."
            yield Fault(location, f"{key}: no message can name {fact!r}", fix)


def _format_faults(location: str, key: str, formats: dict[str, list[str]]) -> Iterator[Fault]:
    for form, apis in formats.items():
        here = f"{key}.{form}"
        if form not in WRITTEN_BY:
            yield Fault(location, f"{here}: no such format", nearest(form, WRITTEN_BY))
        if not apis:
            yield Fault(location, f"{here} names no api", "Name what loads it, e.g. [load_model].")
        for api in apis:
            if api not in APIS:
                yield Fault(location, f"{here}: no api {api!r}", nearest(api, APIS))
