"""What must be unchanged for a recorded reply to be believed again?

Everything that could change it: the worker's and the scenario's source, the environment's lock,
Python and process variables, what is asked, the limits, the suite's version, and for a load the
artifact's bytes. How a message is normalised is not among it, nor how an outcome is judged: replies
are kept as they came, and that is done anew whenever they are recorded.
"""

from __future__ import annotations

import ast
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from experiments.config.matrix import Cell, Save
from experiments.config.schema import ROOT, Config, Limit
from experiments.environments.pinning import pinned_variables
from experiments.run.store import Line
from results.contract.version import SUITE_VERSION

ZONE = ROOT / "experiments"
SCENARIOS = "experiments.scenarios"


@cache
def shared_source() -> str:
    """Digest of the sources that every cell goes through."""
    return _files([*sorted((ZONE / "worker").glob("*.py")), ZONE / "scenarios" / "__init__.py"])


@cache
def timer_source(family: str) -> str:
    """Digest of the sources that a family's turns go through."""
    zones = [ZONE / "worker", ZONE / "timer"]
    parts = [path for zone in zones for path in sorted(zone.glob("*.py"))]
    families = [ZONE / "families" / f"{name}.py" for name in ("__init__", family)]
    return _files([*parts, *families, ZONE / "scenarios" / "__init__.py"])


@cache
def scenario_source(name: str) -> str:
    """Digest of one scenario's module and of the shared parts that it is made of."""
    return _files(scenario_files(name))


def scenario_files(name: str) -> list[Path]:
    """List a scenario's module and the shared parts that it is made of, sorted."""
    found, left = set[str](), [name]
    while left:
        module = left.pop()
        found.add(module)
        left.extend(_parts(ZONE / "scenarios" / f"{module}.py") - found)
    return [ZONE / "scenarios" / f"{module}.py" for module in sorted(found)]


def _parts(path: Path) -> set[str]:
    """Name the shared modules that a scenario imports: those that begin with an underscore."""
    imports = ast.walk(ast.parse(path.read_bytes()))
    names = {
        name
        for node in imports
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(SCENARIOS)
        for name in [*node.module.split(".")[2:], *(alias.name for alias in node.names)]
    }
    return {name for name in names if (path.parent / f"{name}.py").exists()}


def _files(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def digest(parts: dict[str, Any]) -> str:
    """Return the key that is made of these parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Keys:
    """Keys of one run; `locks` maps an environment to its lock's sha256."""

    def __init__(self, config: Config, locks: dict[str, str]) -> None:
        self.config = config
        self._known: dict[tuple[str, ...], str] = {}
        self._environments = {
            name: {
                "lock": locks[name],
                "python": environment.python,
                "variables": pinned_variables(environment),
            }
            for name, environment in config.environment.items()
            if name in locks
        }

    def save(self, save: Save) -> str:
        """Return the key of a save's reply."""
        limits = self.config.limits.save
        return self._key(save.scenario, [save.id], save.saved_with, limits, "")

    def load(self, cell: Cell, artifact: str, extra: Line | None = None) -> str:
        """Return the key of a load's reply; `artifact` is the digest of what is loaded.

        `extra` is what is asked of it beside what its id says.
        """
        limits = self.config.limits.load
        more = json.dumps(extra, sort_keys=True) if extra else ""
        asked = [cell.id, cell.save.id, more]
        return self._key(cell.scenario, asked, cell.loaded_with, limits, artifact)

    def _key(
        self, scenario: str, asked: list[str], environment: str, limits: Limit, artifact: str
    ) -> str:
        place = (*asked, artifact)
        if place not in self._known:
            parts = {
                "suite": SUITE_VERSION,
                "worker": shared_source(),
                "scenario": scenario_source(scenario),
                "asked": asked,
                **self._environments[environment],
                "limits": vars(limits),
                "artifact": artifact,
            }
            self._known[place] = digest(parts)
        return self._known[place]
