"""Makes a machine slow while a run is at work on it.

It starts busy neighbours, or gives the run a quarter of the processors. A processor that is four
times slower is simulated by first limits of CPU time that are cut to a quarter.
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

NEIGHBOURS = 3
"""Busy processes for each processor: they leave a run a quarter of it."""
SHARE = 0.25
"""The share of the processors' time, or of the first limits, that a run gets."""
SPIN = "while True: pass"
PERIOD_S = 0.2
"""Seconds of one stop and one go of a run, where the kernel gives it no control group."""


@dataclass(frozen=True)
class Group:
    """The folder of the CPU's control group in one version, and the form of its quota."""

    folder: Path
    file: str
    quota: str


GROUPS = (
    Group(Path("/sys/fs/cgroup"), "cpu.max", "{quota} {period}"),
    Group(Path("/sys/fs/cgroup/cpu"), "cpu.cfs_quota_us", "{quota}"),
)
PERIOD_US = 100_000


@contextmanager
def busy() -> Iterator[None]:
    """Have neighbours compute without end beside the work inside."""
    with ExitStack() as stack:
        for _ in range(NEIGHBOURS * (os.cpu_count() or 1)):
            process = stack.enter_context(subprocess.Popen([sys.executable, "-c", SPIN]))
            stack.callback(process.kill)
        yield


@contextmanager
def throttled(process: int) -> Iterator[None]:
    """Give a process and its later children a quarter of the processors.

    By a control group, or by signals where the kernel gives this user no group. The process must
    end before the context does.
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
    """Put a process into a group with a quarter of the processors; None if there are no groups."""
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
    """Stop the processes that `victims` lists, parents first, for three quarters of the time.

    Children go on before their parents. Otherwise a worker would see a cell that is still stopped,
    and count it as waiting.
    """
    over = threading.Event()

    def send(number: signal.Signals) -> None:
        pids = victims()
        for victim in pids if number == signal.SIGSTOP else reversed(pids):
            with suppress(ProcessLookupError):
                os.kill(victim, number)

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
    """Return command-line words that cut the first limits of CPU time to a quarter."""
    first = {"save": limits.save.first_imports, "load": limits.load.first_imports}
    return [f"limits.{stage}.first_imports={SHARE * imports:g}" for stage, imports in first.items()]
