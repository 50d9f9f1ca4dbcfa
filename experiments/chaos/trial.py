"""Disturbs a small run, and repeats its command until it ends well.

The run is a process of its own, as a user starts it, with a folder for its results and a folder for
its temporary files.
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
"""Seconds after which a run counts as endless."""
PATIENCE_S = 20
"""Seconds for which an event waits for its victim."""
MOST_RUNS = 5
YESTERDAY = """
import time
real = time.time
time.time = lambda: real() - 86400
"""
"""Sets a driver's clock back by a day: `sitecustomize`, which Python imports."""
CGROUPS = Path("/sys/fs/cgroup/memory")
"""The folder of the kernel's memory limits, in version 1 of control groups."""


class NotHereError(Exception):
    """Raised with the reason why this machine cannot disturb a run in this way."""


class MissedError(Exception):
    """Raised if an event missed a run, which was over or had no victim."""


@dataclass
class Sandbox:
    """The results, the temporary files and the command of one run."""

    folder: Path
    words: Sequence[str]
    statuses: list[int] = field(default_factory=list)
    """The exit status of each start."""

    @property
    def run(self) -> Run:
        """The run's own folder."""
        return Run(self.folder / "runs" / NAME)

    @property
    def temporary(self) -> Path:
        """The folder of its temporary files."""
        return self.folder / "tmp"

    @contextmanager
    def started(
        self, clock: bool = False, overrides: Sequence[str] = ()
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start the command, with a clock set back if asked; end it with the context."""
        for folder in (self.run.folder.parent, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        variables = os.environ | {
            "KERAS_LOAD_MATRIX_RUNS": str(self.run.folder.parent),
            "TMPDIR": str(self.temporary),
        }
        if clock:
            storage.write_text(self.folder / "clock" / "sitecustomize.py", YESTERDAY)
            variables["PYTHONPATH"] = str(self.folder / "clock")
        words = [
            sys.executable,
            "-m",
            "experiments",
            "matrix",
            f"name={NAME}",
            *self.words,
            *overrides,
        ]
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
        """Repeat the command until it ends well; return whether it did."""
        for _ in range(MOST_RUNS):
            with self.started(clock):
                pass
            if self.statuses[-1] == 0:
                return True
        return False

    def cells(self) -> bytes:
        """Return the records of the run; b"" if it has none."""
        path = self.run.records / "cells.csv"
        return path.read_bytes() if path.exists() else b""


def disturb(sandbox: Sandbox, event: Event, moment: float, seconds: float, size: int) -> float:
    """Start a run and disturb it; return after how many seconds.

    `moment` is a share of the `seconds`, or of the `size` in bytes, of an undisturbed run. Raises
    `NotHereError`, and `MissedError` if the run ended well before the event. A strain stops no run.
    """
    if event.kind in STRAINS:
        return _strained(sandbox, event.kind)
    if event.kind == DISK:
        after = _on_small_disk(sandbox, int(size * moment))
    elif event.kind == MEMORY:
        after = _in_little_memory(sandbox, moment)
    else:
        began = time.monotonic()
        with sandbox.started() as process:
            time.sleep(seconds * moment)
            _hit(process.pid, event)
            after = time.monotonic() - began
    if sandbox.statuses[-1] == 0:
        raise MissedError
    return after


def _strained(sandbox: Sandbox, kind: str) -> float:
    """Run under a strain; return the seconds until the run ended."""
    began = time.monotonic()
    if kind == SLOW:
        with sandbox.started(overrides=strain.cut(compose.load(sandbox.words).limits)):
            pass
    elif kind == BUSY:
        with strain.busy(), sandbox.started():
            pass
    else:
        with sandbox.started() as process, strain.throttled(process.pid):
            process.wait(LIMIT_S)
    return time.monotonic() - began


def _hit(driver: int, event: Event) -> None:
    """Wait for a victim and send it the event's signal; give up after `PATIENCE_S`.

    A victim may end before the signal reaches it: a cell can be shorter than the search for it.
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


def _on_small_disk(sandbox: Sandbox, size: int) -> float:
    """Run with the results on a disk that is too small; then enlarge the disk."""
    disk = sandbox.run.folder.parent
    disk.mkdir(parents=True)
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    ).returncode:
        raise NotHereError("only root can mount a small disk")
    began = time.monotonic()
    with sandbox.started():
        pass
    subprocess.run(["mount", "-o", "remount,size=1g", str(disk)], check=True)
    return time.monotonic() - began


def _in_little_memory(sandbox: Sandbox, moment: float) -> float:
    """Run in a control group with too little memory, so that the kernel ends processes."""
    group = CGROUPS / f"keras-load-matrix-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        raise NotHereError("the kernel gives this user no group of limited memory") from None
    try:
        began = time.monotonic()
        with sandbox.started() as process:
            (group / "cgroup.procs").write_text(str(process.pid))
            (group / "memory.limit_in_bytes").write_text(str(int((200 + 400 * moment) * 2**20)))
        return time.monotonic() - began
    finally:
        processes.remove_group(group)


def repeated(sandbox: Sandbox) -> int:
    """Return how many cells were measured more than once: have more than one valid reply."""
    count = 0
    for path in sorted((sandbox.run.folder / "replies").rglob("*.jsonl")):
        identities = set[tuple[str, str]]()
        for line in store.read_lines(path):
            if line["outcome"] != "harness_error" and not line.get("retry"):
                identity = (line["id"], line["key"])
                count += identity in identities
                identities.add(identity)
    return count


def unmount(sandbox: Sandbox) -> None:
    """Unmount the disk of a run."""
    disk = sandbox.run.folder.parent
    if disk.is_mount():
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def end_remaining(sandbox: Sandbox, patience_s: float = 5.0) -> list[int]:
    """End the processes that a run has left this long after its end, and return them."""
    remaining: list[int] = []
    for _ in range(round(patience_s / 0.1)):
        remaining = processes.within(sandbox.folder)
        if not remaining:
            return []
        time.sleep(0.1)
    for process in remaining:
        os.kill(process, signal.SIGKILL)
    return remaining
