"""Makes the key of a request, under which its recorded reply is reused.

The key covers everything that could change the reply: the code of the worker and the scenario, the
environment's lock, Python and process variables, the request, the limits, the suite's version, and
for a load the artifact's bytes. It does not cover normalisation and verdicts: the suite keeps raw
replies, and normalises and judges them anew whenever it records them.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from experiments.config.matrix import Cell, Save
from experiments.config.schema import Config, Limit
from experiments.environments.pinning import pinned_variables
from experiments.run import sources
from experiments.run.store import Line
from results.contract.version import SUITE_VERSION


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
        limits = self.config.limit(save.scenario, "save")
        return self._key(save.scenario, [save.id], save.saved_with, limits, "")

    def load(self, cell: Cell, artifact: str, extra: Line | None = None) -> str:
        """Return the key of a load's reply; `artifact` is the digest of what is loaded.

        `extra` is what is asked of it beside what its id says.
        """
        limits = self.config.limit(cell.scenario, "load")
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
                "worker": sources.worker_source(),
                "scenario": sources.scenario_source(scenario),
                "asked": asked,
                **self._environments[environment],
                "limits": vars(limits),
                "artifact": artifact,
            }
            self._known[place] = digest(parts)
        return self._known[place]
