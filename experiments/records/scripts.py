"""Collects `repro.json`: everything from which the standalone scripts of a cell are put together.

It holds the sources that carried the cells out, and the script around them, read from the commit
that measured them. It also holds the packages, Python and variables of each environment, and the
limits. `results.repro` makes scripts of it.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from experiments.config.faults import ConfigFaultsError, Fault
from experiments.config.schema import ROOT, Config, Environment, Limit, Scenario
from experiments.environments import locks, pinning
from experiments.run.reuse import sources

FILE = "repro.json"
TEMPLATE = "report/templates/repro.py.txt"
"""The script around the sources; it calls the worker of the same commit."""
SHARED = ("__init__.py", "scenarios/__init__.py", "worker/**/*.py")
"""Globs in the folder of the experiments: the sources that every cell goes through."""


def collect(config: Config, commit: str) -> dict[str, Any]:
    """Return the contents of `repro.json` for cells that this commit measured.

    Raises `ConfigFaultsError` if the clone does not have the commit.
    """
    with checkout(commit) as root:
        return {**of_folder(config, root), "git_commit": commit}


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """Give a temporary folder with the experiments and the template of a commit."""
    words = ["git", "archive", "--format=tar", commit, "experiments", TEMPLATE]
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    if answer.returncode:
        fix = "Publish from a clone that has the commit: `git fetch --unshallow`."
        raise ConfigFaultsError([Fault(commit, "this commit measured the cells; not here", fix)])
    with tempfile.TemporaryDirectory(prefix="sources-") as folder:
        with tarfile.open(fileobj=io.BytesIO(answer.stdout)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


def of_folder(config: Config, root: Path = ROOT) -> dict[str, Any]:
    """Return the contents of `repro.json` but for the commit, with the sources under `root`."""
    zone = root / "experiments"
    shared = [path for glob in SHARED for path in sorted(zone.glob(glob))]
    scenarios = {name: sources.scenario_files(name, zone) for name in config.scenario}
    paths = {*shared, *(path for files in scenarios.values() for path in files)}

    def names(files: list[Path]) -> list[str]:
        return [path.relative_to(root).as_posix() for path in files]

    return {
        "template": (root / TEMPLATE).read_text("utf-8"),
        "sources": {names([path])[0]: path.read_text("utf-8") for path in sorted(paths)},
        "shared": names(shared),
        "scenarios": {name: names(_own_first(name, files)) for name, files in scenarios.items()},
        "saved_as": {
            name: {case: settings.saved_as for case, settings in scenario.cases.items()}
            for name, scenario in config.scenario.items()
        },
        "environments": {
            name: _environment(name, environment)
            for name, environment in config.environment.items()
        },
        "limits": {"save": _limits(config.limits.save), "load": _limits(config.limits.load)},
        "own": {
            name: fields for name, scenario in config.scenario.items() if (fields := _own(scenario))
        },
    }


def _own(scenario: Scenario) -> dict[str, Any]:
    """Return by stage the fields of a scenario's requests that differ from other requests."""
    fields: dict[str, Any] = {
        stage: {"limits": _limits(limit)} for stage, limit in vars(scenario.limits).items() if limit
    }
    if scenario.watch:
        fields["load"] = {**fields.get("load", {}), "watch": scenario.watch}
    return fields


def _limits(limit: Limit) -> dict[str, float]:
    """Return limits whose whole numbers are integers, since JavaScript writes 8.0 as 8."""
    return {
        name: int(value) if value == int(value) else value for name, value in vars(limit).items()
    }


def _own_first(scenario: str, paths: list[Path]) -> list[Path]:
    """Put a scenario's own module before the modules that it shares with others."""
    return sorted(paths, key=lambda path: (path.stem != scenario, path.stem))


def _environment(name: str, environment: Environment) -> dict[str, Any]:
    return {
        "python": environment.python,
        "cutoff": environment.cutoff,
        "packages": locks.pins(name),
        "variables": pinning.pinned_variables(environment),
    }
