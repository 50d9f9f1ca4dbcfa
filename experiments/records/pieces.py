"""What does a script need that repeats a cell without this project?

The sources that carry the cell out, as they are in here; the packages, Python and variables of each
environment; the limits. Published beside the results, so that whoever has those can put the script
together (`results.repro`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.config.schema import ROOT, Config, Environment, Scenario
from experiments.environments import locks, pinning
from experiments.run import sources

TEMPLATE = ROOT / "report" / "templates" / "repro.py.txt"
CARRIES_OUT = ("__init__.py", "scenarios/__init__.py", "worker/**/*.py")
"""What every cell goes through, in the folder of the experiments."""


def pieces(config: Config) -> dict[str, Any]:
    """Return what every script is put together from."""
    shared = [path for glob in CARRIES_OUT for path in sorted(sources.ZONE.glob(glob))]
    parts = {name: sources.scenario_files(name) for name in config.scenario}
    every = {*shared, *(path for found in parts.values() for path in found)}
    return {
        "template": TEMPLATE.read_text("utf-8"),
        "sources": {_name(path): path.read_text("utf-8") for path in sorted(every)},
        "shared": [_name(path) for path in shared],
        "scenarios": {name: _own_first(name, found) for name, found in parts.items()},
        "saved_as": {
            name: {case: one.saved_as for case, one in of.cases.items() if one and one.saved_as}
            for name, of in config.scenario.items()
        },
        "environments": {name: _environment(name, of) for name, of in config.environment.items()},
        "limits": {"save": vars(config.limits.save), "load": vars(config.limits.load)},
        "own": {name: own for name, one in config.scenario.items() if (own := _own(one))},
    }


def _own(scenario: Scenario) -> dict[str, Any]:
    """Return by stage what a scenario's requests have otherwise than those of others."""
    own: dict[str, Any] = {
        stage: {"limits": vars(limit)} for stage, limit in vars(scenario.limits).items() if limit
    }
    if scenario.watch:
        own["load"] = {**own.get("load", {}), "watch": scenario.watch}
    return own


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _own_first(name: str, paths: list[Path]) -> list[str]:
    """Put a scenario's own module before what it shares with others."""
    return [_name(path) for path in sorted(paths, key=lambda path: (path.stem != name, path.stem))]


def _environment(name: str, environment: Environment) -> dict[str, Any]:
    return {
        "python": environment.python,
        "cutoff": environment.cutoff,
        "packages": locks.pins(name),
        "variables": pinning.pinned_variables(environment),
    }
