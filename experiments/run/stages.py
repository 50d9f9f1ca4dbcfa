"""Has environments answer the requests of one stage, several environments side by side.

An environment that cannot be installed or started stops only its own cells.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from experiments.config.schema import Config
from experiments.environments import forecast, installation, pinning
from experiments.environments.installation import Ready
from experiments.run import addresses, store, workers
from experiments.run.estimate import Estimate
from experiments.run.progress import Display
from experiments.run.protocol import Event, Request, Requests
from experiments.run.store import Run
from experiments.run.workers import Worker
from results import storage


@dataclass
class Stages:
    """The environments of a run at work."""

    run: Run
    config: Config
    display: Display
    _pythons: dict[str, Path] = field(default_factory=dict)
    """The interpreters of the environments that are installed."""

    def side_by_side(self, stage: str, requests: Requests) -> None:
        """Have the environments answer their requests, `jobs` of them at a time."""
        jobs = self.config.jobs or os.cpu_count() or 1
        estimate = self._estimate(stage, requests, min(jobs, len(requests)))
        self._carry_out(stage, stage, requests, jobs, estimate)

    def alone(self, stage: str, requests: Requests) -> None:
        """Have the environments answer their requests one after the other.

        There is no estimate: a repeated cell takes as long as its limit, or hardly any time.
        """
        self._carry_out(stage, f"{stage}, once more alone", requests, 1, None)

    def _carry_out(
        self, stage: str, title: str, requests: Requests, jobs: int, estimate: Estimate | None
    ) -> None:
        """Start with the newest releases.

        They import slowest and have the most cells that reach their limit. Work that takes long
        must not begin last, when nothing is left to do beside it.
        """
        newest_first = [name for name in reversed(self.config.environment) if name in requests]
        totals = {name: len(cells) for name, cells in requests.items()}
        # A thread inherits the kind of addresses from the thread that starts it.
        with (
            addresses.fixed(),
            self.display.stage(title, totals, estimate),
            ThreadPoolExecutor(jobs) as pool,
        ):
            futures = [
                pool.submit(self._answer, stage, name, sorted(requests[name], key=_shuffled))
                for name in newest_first
            ]
            try:
                for future in futures:
                    future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                workers.stop()
                raise

    def _estimate(self, stage: str, requests: Requests, jobs: int) -> Estimate:
        expected = {
            name: {
                request["id"]: forecast.expected_s(self.config, stage, name, request["format"])
                for request in cells
            }
            for name, cells in requests.items()
        }
        return Estimate(expected, jobs)

    def _answer(self, stage: str, name: str, requests: list[Request]) -> None:
        """Install the environment if need be, and have its worker answer the requests."""
        python = self._python(name)
        if python is None:
            return
        self.display.begin(name, f"{len(requests)} cells")

        def listen(event: Event) -> None:
            if event.get("event") == "ready":
                self._describe(name, stage, event)
            self.display.event(name, event)

        variables = pinning.pinned_variables(self.config.environment[name])
        try:
            with store.period(self.run, f"{stage}({name})", len(requests)):
                Worker(self.run, stage, name, python, variables, listen).answer(requests)
        finally:
            self.display.end(name)

    def _python(self, name: str) -> Path | None:
        """Return the environment's interpreter; None after recording why there is none."""
        if name not in self._pythons:
            environment = self._install(name)
            if not isinstance(environment, Ready):
                reason = f"{name} is unavailable: {environment.reason}"
                self.display.say(f"{reason}\n    {environment.next_step}")
                storage.write_json(self.run.environment(name), {"unavailable": reason})
                return None
            if "unavailable" in self._description(name):
                self.run.environment(name).unlink()
            self._pythons[name] = environment.python
        return self._pythons[name]

    def _install(self, name: str) -> Ready | installation.Unavailable:
        if not installation.is_ready(name):
            self.display.begin(name, "installing its packages")
        with store.period(self.run, f"install({name})", 0):
            environment = installation.prepare(name, self.config.environment[name])
        self.display.end(name)
        return environment

    def _describe(self, name: str, stage: str, event: Event) -> None:
        """Record the description of an environment, and the seconds of its import."""
        imports = {**self._description(name).get("imports", {}), stage: event["import_s"]}
        description = {"description": event["environment"], "imports": imports}
        storage.write_json(self.run.environment(name), description)

    def _description(self, name: str) -> Mapping[str, dict[str, float]]:
        return store.read_json(self.run.environment(name)) or {}


def _shuffled(request: Request) -> str:
    """Return a sort key for a fixed random order, in which the first cells resemble the last.

    In the order of ids the slowest cells would come last, and the estimate would be too short.
    """
    return hashlib.sha256(request["id"].encode()).hexdigest()
