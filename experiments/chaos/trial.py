"""What becomes of a small run to which something happens?

It is a process of its own, as a user starts it, with a folder for its results and one for its
temporary files. After what happens to it, the same command is given again until it ends well.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from experiments.chaos import processes, strain
from experiments.chaos.events import BUSY, CHILD, DISK, MEMORY, SLOW, STRAINS, WORKER, Event
from experiments.config import compose
from experiments.config.schema import ROOT
from experiments.run import store
from experiments.run.store import Run
from results import storage

NAME = "disturbed"
LIMIT_S = 1200
"""Seconds in which a run ends, or is taken for one that does not."""
PATIENCE_S = 20
"""How long a victim is waited for that is not there at the moment."""
MOST_RUNS = 5
YESTERDAY = """
import time
real = time.time
time.time = lambda: real() - 86400
"""
"""The clock of a driver that goes on with yesterday's: `sitecustomize`, which Python imports."""
CGROUPS = Path("/sys/fs/cgroup/memory")
"""Where the kernel's limits of memory are, version 1 of them."""


class NotHereError(Exception):
    """Raised where what should happen to a run cannot, on this machine; says why."""


class MissedError(Exception):
    """Raised where nothing has happened to a run, because it was over or had no victim then."""


@dataclass
class Place:
    """Where a run is: its results, its temporary files, and how it is started."""

    folder: Path
    words: Sequence[str]
    statuses: list[int] = field(default_factory=list)
    """How it ended, each time that it was started."""

    @property
    def run(self) -> Run:
        """The run's own folder."""
        return Run(self.folder / "runs" / NAME)

    @property
    def temporary(self) -> Path:
        """Where its temporary files are."""
        return self.folder / "tmp"

    @contextmanager
    def started(
        self, clock: bool = False, more: Sequence[str] = ()
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start the command; end it with the context, if it has not ended by then."""
        for folder in (self.run.folder.parent, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        variables = os.environ | {
            "KERAS_LOAD_MATRIX_RUNS": str(self.run.folder.parent),
            "TMPDIR": str(self.temporary),
        }
        if clock:
            storage.write_text(self.folder / "clock" / "sitecustomize.py", YESTERDAY)
            variables["PYTHONPATH"] = str(self.folder / "clock")
        words = [sys.executable, "-m", "experiments", "matrix", f"name={NAME}", *self.words, *more]
        with (
            (self.folder / "log").open("ab") as log,
            subprocess.Popen(
                words, cwd=ROOT, env=variables, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            ) as process,
        ):
            try:
                yield process
                with suppress(subprocess.TimeoutExpired):
                    process.wait(LIMIT_S)
            finally:
                process.kill()
                self.statuses.append(process.wait())

    def finish(self, clock: bool = False) -> bool:
        """Give the command until it ends well; say whether it did."""
        for _ in range(MOST_RUNS):
            with self.started(clock):
                pass
            if self.statuses[-1] == 0:
                return True
        return False

    def cells(self) -> bytes:
        """Return the records of the run; nothing where there are none."""
        path = self.run.records / "cells.csv"
        return path.read_bytes() if path.exists() else b""


def disturb(place: Place, event: Event, part: float, seconds: float, size: int) -> float:
    """Start a run and have the event happen to it; return after how many seconds it did.

    `seconds` and bytes of `size` are what an undisturbed run takes. Raises `NotHereError`, and
    `MissedError` where the run ended well: then nothing has happened to it. A strain stops no run.
    """
    if event.what in STRAINS:
        return _strained(place, event.what)
    if event.what == DISK:
        after = _on_small_disk(place, int(size * part))
    elif event.what == MEMORY:
        after = _in_little_memory(place, part)
    else:
        began = time.monotonic()
        with place.started() as process:
            time.sleep(seconds * part)
            _hit(process.pid, event)
            after = time.monotonic() - began
    if place.statuses[-1] == 0:
        raise MissedError
    return after


def _strained(place: Place, what: str) -> float:
    """Have a run go on under a strain until it ends; return how many seconds that took."""
    began = time.monotonic()
    if what == SLOW:
        with place.started(more=strain.cut(compose.load(place.words).limits)):
            pass
    elif what == BUSY:
        with strain.busy(), place.started():
            pass
    else:
        with place.started() as process, strain.throttled(process.pid):
            process.wait(LIMIT_S)
    return time.monotonic() - began


def _hit(driver: int, event: Event) -> None:
    """Wait for a victim of the kind and send it the signal; give up where none comes.

    One that has ended before it is hit is none: a cell may take no longer than finding it does.
    """
    find = {WORKER: processes.workers, CHILD: processes.children}.get(event.victim)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        victims = find(driver) if find else [driver]
        with suppress(ProcessLookupError):
            if victims:
                os.kill(victims[-1], event.signal)
                return
        time.sleep(0.002)


def _on_small_disk(place: Place, size: int) -> float:
    """Have the run's results be on a disk that is too small; then make it large enough."""
    disk = place.run.folder.parent
    disk.mkdir(parents=True)
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    ).returncode:
        raise NotHereError("only root can mount a small disk")
    began = time.monotonic()
    with place.started():
        pass
    subprocess.run(["mount", "-o", "remount,size=1g", str(disk)], check=True)
    return time.monotonic() - began


def _in_little_memory(place: Place, part: float) -> float:
    """Have the kernel end whatever of the run takes more memory than there is."""
    group = CGROUPS / f"keras-load-matrix-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        raise NotHereError("the kernel gives this user no group of limited memory") from None
    try:
        began = time.monotonic()
        with place.started() as process:
            (group / "cgroup.procs").write_text(str(process.pid))
            (group / "memory.limit_in_bytes").write_text(str(int((200 + 400 * part) * 2**20)))
        return time.monotonic() - began
    finally:
        processes.remove_group(group)


def repeated(place: Place) -> int:
    """Return how many cells were measured more than once: had more than one reply that counts."""
    count = 0
    for path in sorted((place.run.folder / "replies").rglob("*.jsonl")):
        seen = set[tuple[str, str]]()
        for line in store.read_lines(path):
            if line["outcome"] != "harness_error" and not line.get("retry"):
                identity = (line["id"], line["key"])
                count += identity in seen
                seen.add(identity)
    return count


def unmounted(place: Place) -> None:
    """Let go of a disk that was made for the run."""
    disk = place.run.folder.parent
    if disk.is_mount():
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def ended(place: Place) -> list[int]:
    """Return the processes of a run that are still there after it is over, and end them."""
    left: list[int] = []
    for _ in range(50):
        left = processes.within(place.folder)
        if not left:
            return []
        time.sleep(0.1)
    for one in left:
        os.kill(one, signal.SIGKILL)
    return left
