"""Makes the key of a request, under which its recorded reply is reused.

The key covers everything that could change the reply: the code of the worker and the scenario, the
environment's lock, Python and process variables, the request, the limits, the suite's version, and
for a load the artifact's bytes. It does not cover normalisation and verdicts: the suite keeps raw
replies, and normalises and judges them anew whenever it records them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from experiments.config.matrix import Cell, Save
from experiments.config.schema import Config, Limit
from experiments.environments.pinning import pinned_variables
from experiments.run.reuse import sources
from results.contract.version import SUITE_VERSION


def digest(parts: dict[str, Any]) -> str:
    """Return the key that is made of these parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Keys:
    """The keys of one run; `locks` maps an environment to its lock's sha256."""

    def __init__(self, config: Config, locks: dict[str, str]) -> None:
        self.config = config
        self._keys: dict[tuple[str, ...], str] = {}
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

    def load(self, cell: Cell, artifact: str, extra: Mapping[str, object] | None = None) -> str:
        """Return the key of a load's reply; `artifact` is the digest of the files to load.

        `extra` is the part of the request that the cell's id does not say.
        """
        limits = self.config.limit(cell.scenario, "load")
        request = [cell.id, cell.save.id, json.dumps(extra, sort_keys=True) if extra else ""]
        return self._key(cell.scenario, request, cell.loaded_with, limits, artifact)

    def _key(
        self, scenario: str, request: list[str], environment: str, limits: Limit, artifact: str
    ) -> str:
        identity = (*request, artifact)
        if identity not in self._keys:
            parts = {
                "suite": SUITE_VERSION,
                "worker": sources.worker_source(),
                "scenario": sources.scenario_source(scenario),
                "request": request,
                **self._environments[environment],
                "limits": vars(limits),
                "artifact": artifact,
            }
            self._keys[identity] = digest(parts)
        return self._keys[identity]
