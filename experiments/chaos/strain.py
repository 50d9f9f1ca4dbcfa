"""What makes a machine slow while a run is at work on it?

Busy neighbours, a share of the processors that is cut to a quarter, and a processor that needs four
times as long for everything, which is played by cutting the first limits of CPU time to a quarter.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from experiments.chaos import processes
from experiments.config.schema import Limits

NEIGHBOURS = 8
SHARE = 0.25
"""The part of the processors' time that a run gets, and of its first limits."""
SPIN = "while True: pass"
PERIOD_S = 0.2
"""How often a run is stopped and let go on, where the kernel has no control group for it."""


@dataclass(frozen=True)
class Group:
    """Where a version of control groups has the one of the CPU, and how its quota is written."""

    folder: Path
    file: str
    quota: str


GROUPS = (
    Group(Path("/sys/fs/cgroup"), "cpu.max", "{quota} {period}"),
    Group(Path("/sys/fs/cgroup/cpu"), "cpu.cfs_quota_us", "{quota}"),
)
PERIOD_US = 100_000


@contextmanager
def busy(count: int = NEIGHBOURS) -> Iterator[None]:
    """Have so many processes compute without end beside whatever is done inside."""
    with ExitStack() as stack:
        for _ in range(count):
            process = stack.enter_context(subprocess.Popen([sys.executable, "-c", SPIN]))
            stack.callback(process.kill)
        yield


@contextmanager
def throttled(process: int) -> Iterator[None]:
    """Give a process and all that it starts from now on a quarter of the processors.

    By a control group, or where the kernel gives this user none, by signals. The process must have
    ended when the context does.
    """
    group = _group(process)
    if group is None:
        with stop_and_go(lambda: [process, *processes.below(process)]):
            yield
        return
    try:
        yield
    finally:
        processes.remove_group(group)


def _group(process: int) -> Path | None:
    """Put a process into a control group that has a quarter of the processors, if there are any."""
    quota = int((os.cpu_count() or 1) * SHARE * PERIOD_US)
    for kind in GROUPS:
        folder = kind.folder / f"keras-load-matrix-{process}"
        if not (kind.folder / "cgroup.procs").exists():
            continue
        try:
            folder.mkdir()
        except OSError:
            continue
        try:
            (folder / kind.file).write_text(kind.quota.format(quota=quota, period=PERIOD_US))
            (folder / "cgroup.procs").write_text(str(process))
            return folder
        except OSError:
            processes.remove_group(folder)
    return None


@contextmanager
def stop_and_go(victims: Callable[[], list[int]]) -> Iterator[None]:
    """Stop processes, which are looked for again each time, for three quarters of the time."""
    over = threading.Event()

    def send(number: signal.Signals) -> None:
        for one in victims():
            with suppress(ProcessLookupError):
                os.kill(one, number)

    def alternate() -> None:
        while not over.is_set():
            send(signal.SIGSTOP)
            over.wait(PERIOD_S * (1 - SHARE))
            send(signal.SIGCONT)
            over.wait(PERIOD_S * SHARE)

    thread = threading.Thread(target=alternate)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        send(signal.SIGCONT)


def cut(limits: Limits) -> list[str]:
    """Return the words of a command line by which its first limits of CPU time are a quarter."""
    first = {"save": limits.save.first_imports, "load": limits.load.first_imports}
    return [f"limits.{stage}.first_imports={SHARE * imports:g}" for stage, imports in first.items()]
