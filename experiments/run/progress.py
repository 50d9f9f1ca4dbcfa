"""Shows the progress of a run: live on a terminal, in plain lines elsewhere.

It shows failures of the harness at once.
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
from experiments.run.protocol import Event

QUIET_S = 15.0
"""Seconds between two plain lines about the same stage."""
SHOWN_S = 2.0
"""Seconds for which a terminal shows the same time left."""


class Display:
    """Shows one stage: finished cells, environments at work, time left."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.failures = 0
        self._shown_faults = set[tuple[str, str | None]]()
        self._lock = threading.Lock()
        self._bars: Progress | None = None

    def say(self, text: str) -> None:
        """Print a line above the display."""
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def stage(self, name: str, totals: dict[str, int], estimate: Estimate | None) -> Iterator[None]:
        """Show a stage of `totals[environment]` cells while the context lasts.

        Without an estimate it shows no time left.
        """
        self._name, self._done, self._total = name, 0, sum(totals.values())
        self._totals, self._began, self._last_line = totals, time.monotonic(), time.monotonic()
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

    def event(self, environment: str, event: Event) -> None:
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
            if time.monotonic() - self._last_line > (SHOWN_S if self._bars else QUIET_S):
                self._last_line = time.monotonic()
                self._show_time_left()

    def _show_time_left(self) -> None:
        """Show the finished cells, and the time left if there is an estimate."""
        seconds = self._estimate.left() if self._estimate else None
        about = "" if seconds is None else f"about {_duration(seconds)} left"
        if self._bars is not None:
            self._bars.update(self._all, left=about)
        else:
            text = f"{self._name}: {self._done} of {self._total}"
            self.say(f"{text}, {about} of this stage" if about else text)

    def _fault(self, environment: str, identity: str, reason: str | None) -> None:
        """Show a fault of the harness; a fault that all cells of an environment share, once."""
        if (environment, reason) not in self._shown_faults:
            self.say(f"HARNESS ERROR {identity}: {reason or f'see logs/cells/{identity}.log'}")
        if reason:
            self._shown_faults.add((environment, reason))

    def _elapsed(self) -> float:
        return time.monotonic() - self._began


def _duration(seconds: float) -> str:
    """Return a duration in words, as precise as an estimate."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
