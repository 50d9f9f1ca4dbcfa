"""How far is the run, and what has gone wrong in the harness so far?

A live display on a terminal, plain lines elsewhere. Failures of the harness are shown at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from experiments.run.estimate import Estimate
from experiments.run.store import Line

QUIET_S = 15.0
"""Seconds between two plain lines about the same stage."""
SHOWN_S = 2.0
"""Seconds for which a terminal shows the same time left."""


class Display:
    """Shows one stage: cells done of how many, which environments are at work, time left."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.failures = 0
        self._told = set[tuple[str, str | None]]()
        self._lock = threading.Lock()
        self._bars: Progress | None = None

    def say(self, text: str) -> None:
        """Print a line above the display."""
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def stage(self, name: str, totals: dict[str, int], estimate: Estimate | None) -> Iterator[None]:
        """Show a stage of `totals[environment]` cells while the context lasts.

        Without an estimate nothing is said of the time that is left.
        """
        self._name, self._done, self._total = name, 0, sum(totals.values())
        self._totals, self._began, self._spoke = totals, time.monotonic(), time.monotonic()
        self._tasks: dict[str, TaskID] = {}
        self._estimate = estimate
        if not self.console.is_terminal:
            self.say(f"{name}: {self._total} cells in {len(totals)} environments")
            yield
            self.say(f"{name}: {self._done} of {self._total} done in {self._elapsed():.0f} s")
            return
        columns = (
            TextColumn("{task.description:<14}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
        )
        with Progress(*columns, console=self.console) as self._bars:
            self._all = self._bars.add_task(name, total=self._total, left="")
            yield
        self._bars = None

    def begin(self, environment: str, doing: str) -> None:
        """Show that an environment is being built or is at work."""
        with self._lock:
            if self._estimate is not None:
                self._estimate.begin(environment, time.monotonic())
            if self._bars is not None:
                total = self._totals.get(environment)
                task = self._bars.add_task(f"  {environment}", total=total, left="")
                self._tasks[environment] = task
            else:
                self.say(f"{self._name}({environment}): {doing}")

    def end(self, environment: str) -> None:
        """Show that an environment has finished this stage."""
        with self._lock:
            if self._bars is not None and environment in self._tasks:
                self._bars.remove_task(self._tasks.pop(environment))

    def event(self, environment: str, event: Line) -> None:
        """Take in one event of a worker."""
        with self._lock:
            if self._estimate is not None and event.get("event") == "ready":
                self._estimate.ready(environment, time.monotonic())
            if event.get("event") != "done":
                return
            self._done += 1
            if self._estimate is not None:
                self._estimate.done(environment, event["id"], time.monotonic())
            if event.get("outcome") == "harness_error":
                self.failures += 1
                self._fault(environment, event["id"], event.get("reason"))
            if self._bars is not None:
                self._bars.advance(self._all)
                if environment in self._tasks:
                    self._bars.advance(self._tasks[environment])
            if time.monotonic() - self._spoke > (SHOWN_S if self._bars else QUIET_S):
                self._spoke = time.monotonic()
                self._tell_time_left()

    def _tell_time_left(self) -> None:
        """Say how far the stage is, and how long the rest of it will take, if that is known."""
        left = self._estimate.left() if self._estimate else None
        about = "" if left is None else f"about {_duration(left)} left"
        if self._bars is not None:
            self._bars.update(self._all, left=about)
        else:
            text = f"{self._name}: {self._done} of {self._total}"
            self.say(f"{text}, {about} of this stage" if about else text)

    def _fault(self, environment: str, identity: str, reason: str | None) -> None:
        """Tell of a fault of the harness; of one that all cells share, once."""
        if (environment, reason) not in self._told:
            self.say(f"HARNESS ERROR {identity}: {reason or f'see logs/cells/{identity}.log'}")
        if reason:
            self._told.add((environment, reason))

    def _elapsed(self) -> float:
        return time.monotonic() - self._began


def _duration(seconds: float) -> str:
    """Write a duration as precisely as an estimate is."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
