"""How does a run go from its config to its records?

`plan` → `save` in every environment → `load` in every environment → `record`, each stage reading
files and writing files. Environments work side by side; one that fails stops only its own cells.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from experiments.config.matrix import Cell
from experiments.config.schema import Config
from experiments.environments import forecast, installation, pinning
from experiments.environments.installation import Ready
from experiments.run import addresses, store, workers
from experiments.run.estimate import Estimate
from experiments.run.keys import Keys
from experiments.run.outstanding import Planner, Requests, saves
from experiments.run.progress import Display
from experiments.run.store import Run
from results import storage

Outstanding = Callable[[Iterable[Cell]], Requests]


@dataclass
class Pipeline:
    """One run at work: its cells, what is known of them, and where it tells of itself."""

    run: Run
    config: Config
    cells: list[Cell]
    display: Display
    only: str = ""
    """The one environment that is to work, if not all."""
    extra: Mapping[str, store.Line] = field(default_factory=dict)
    """What is asked of a load beside what its id says, by that id."""
    planner: Planner = field(init=False)
    reused: dict[str, int] = field(init=False)
    """How many saves and loads of the cells were recorded before, and are believed again."""
    _prepared: dict[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.environments:
            store.read_json(self.run.environment(name))  # a broken one is said before any work
        locks = {name: installation.lock_sha256(name) for name in self.environments}
        self.planner = Planner(self.run, self.config, Keys(self.config, locks), self.extra)
        self.reused = {
            "saves": sum(self.planner.save_reply(save) is not None for save in saves(self.cells)),
            "loads": sum(self.planner.load_reply(cell) is not None for cell in self.cells),
        }

    @property
    def environments(self) -> list[str]:
        """The environments that save or load a cell, in the order of their files."""
        used = {cell.saved_with for cell in self.cells} | {cell.loaded_with for cell in self.cells}
        return [name for name in self.config.environment if name in used]

    def save(self) -> None:
        """Carry out the saves that are outstanding."""
        self._stage("save", self.planner.outstanding_saves)

    def load(self) -> None:
        """Carry out the loads that are outstanding and whose artifact is there."""
        self._stage("load", self.planner.outstanding_loads)

    def pending(self) -> int:
        """Return how many cells have no valid reply yet."""
        return sum(self.is_open(cell) for cell in self.cells)

    def is_open(self, cell: Cell) -> bool:
        """Say whether a load is still to be asked for, as far as can be told before saving."""
        saved = self.planner.save_reply(cell.save)
        if saved is not None and saved["outcome"] != "saved":
            return False
        return self.planner.load_reply(cell) is None

    def unsaved(self) -> dict[str, int]:
        """Return how many cells wait for a save, by the saver's environment."""
        return Counter(
            cell.saved_with
            for cell in self.cells
            if self.only in ("", cell.loaded_with) and self.planner.save_reply(cell.save) is None
        )

    def _stage(self, stage: str, outstanding: Outstanding) -> None:
        """Work through a stage: all environments side by side, then what was put off, alone."""
        jobs = self.config.jobs or os.cpu_count() or 1
        self._pass(stage, stage, self._only(outstanding(self.cells)), jobs)
        late = {
            name: [
                {**request, "alone": True, "stopped": stopped}
                for request in requests
                if (stopped := self._stopped(stage, name, request["id"]))
            ]
            for name, requests in self._only(outstanding(self.cells)).items()
        }
        self._pass(stage, f"{stage}, once more alone", late, jobs=1)

    def _stopped(self, stage: str, environment: str, identity: str) -> store.Line:
        """Return where and when a cell was put off; nothing for others."""
        reply = self.planner.known(stage, environment).get(identity, {})
        kept = ("phase", "calls", "cpu_s")
        return {key: reply.get(key) for key in kept} if reply.get("retry") else {}

    def _only(self, requests: Requests) -> Requests:
        return {name: found for name, found in requests.items() if self.only in ("", name)}

    def _pass(self, stage: str, title: str, wanted: Requests, jobs: int) -> None:
        """Have every environment answer its requests, the newest first.

        The newest import slowest and have the most cells that run into their limit; what takes
        long must not begin last, when there is nothing left to do beside it.
        """
        requests = {name: sorted(found, key=_drawn) for name, found in wanted.items() if found}
        if not requests:
            return
        newest_first = [name for name in reversed(self.config.environment) if name in requests]
        totals = {name: len(found) for name, found in requests.items()}
        # What is repeated alone takes as long as its limit, or no time: there is no telling.
        estimate = self._estimate(stage, requests, jobs) if title == stage else None
        # Threads are started with the addresses of the one that starts them.
        with (
            addresses.fixed(),
            self.display.stage(title, totals, estimate),
            ThreadPoolExecutor(jobs) as pool,
        ):
            futures = [
                pool.submit(self._environment, stage, name, requests[name]) for name in newest_first
            ]
            try:
                for future in futures:
                    future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                workers.stop()
                raise
        self.planner.forget()

    def _estimate(self, stage: str, requests: Requests, jobs: int) -> Estimate:
        expected = {
            name: {
                request["id"]: forecast.expected_s(self.config, stage, name, request["format"])
                for request in found
            }
            for name, found in requests.items()
        }
        return Estimate(expected, min(jobs, len(requests)))

    def _environment(self, stage: str, name: str, requests: list[store.Line]) -> None:
        """Build the environment if need be and have it answer its requests."""
        python = self._python(stage, name)
        if python is None:
            return
        self.display.begin(name, f"{len(requests)} cells")
        variables = pinning.pinned_variables(self.config.environment[name])
        began = time.time()

        def listen(event: store.Line) -> None:
            if event.get("event") == "ready":
                self._describe(name, stage, event)
            self.display.event(name, event)

        try:
            workers.carry_out(self.run, stage, name, python, variables, requests, listen)
        finally:
            self.display.end(name)
            store.append_lines(
                self.run.folder / "periods.jsonl",
                [
                    {
                        "id": f"{stage}({name})",
                        "start": began,
                        "end": time.time(),
                        "cells": len(requests),
                    }
                ],
            )

    def _python(self, stage: str, name: str) -> Path | None:
        """Return the environment's interpreter, or None after noting why there is none."""
        if name not in self._prepared:
            if not installation.is_ready(name):
                self.display.begin(name, "installing its packages")
            began = time.time()
            answer = installation.prepare(name, self.config.environment[name])
            self.display.end(name)
            if not isinstance(answer, Ready):
                self.display.say(f"{name} is unavailable: {answer.reason}\n    {answer.next_step}")
                note = f"{name} is unavailable: {answer.reason}"
                storage.write_json(self.run.environment(name), {"unavailable": note})
                return None
            store.append_lines(
                self.run.folder / "periods.jsonl",
                [{"id": f"install({name})", "start": began, "end": time.time(), "cells": 0}],
            )
            if "unavailable" in (store.read_json(self.run.environment(name)) or {}):
                self.run.environment(name).unlink()
            self._prepared[name] = answer.python
        return self._prepared[name]

    def _describe(self, name: str, stage: str, event: store.Line) -> None:
        known = store.read_json(self.run.environment(name)) or {}
        imports = {**known.get("imports", {}), stage: event["import_s"]}
        storage.write_json(
            self.run.environment(name), {"description": event["environment"], "imports": imports}
        )


def _drawn(request: store.Line) -> str:
    """Return a key in whose order the cells that are done are like those that are left.

    By their ids, the slowest would come last, and the time that is left would be told too short.
    """
    return hashlib.sha256(request["id"].encode()).hexdigest()
