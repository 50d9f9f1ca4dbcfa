"""Finds the processes of a run, and the files that a finished run has left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

WORKER = "experiments.worker"


def below(ancestor: int) -> list[int]:
    """List the running processes below this one, parents before children."""
    with suppress(psutil.NoSuchProcess):
        descendants = psutil.Process(ancestor).children(recursive=True)
        return [process.pid for process in descendants if _runs(process)]
    return []


def _runs(process: psutil.Process) -> bool:
    """Return whether a process has not ended; a zombie has."""
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def workers(driver: int) -> list[int]:
    """List a driver's workers."""
    return [pid for pid in below(driver) if _is_worker(pid, driver)]


def _is_worker(pid: int, driver: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return process.ppid() == driver and WORKER in process.cmdline()
    return False


def children(driver: int) -> list[int]:
    """List the cells that a driver's workers are carrying out."""
    return [child for worker in workers(driver) for child in below(worker)]


def within(folder: Path) -> list[int]:
    """List the processes whose working folder is this one or below it."""
    return sorted(
        process.pid
        for process in psutil.process_iter(["cwd"])
        if process.info["cwd"] and Path(process.info["cwd"]).is_relative_to(folder)
    )


def remains(run: Path, temporary: Path) -> Iterator[str]:
    """Yield the temporary and the partial files that a finished run has left."""
    for path in sorted(temporary.rglob("*")):
        yield f"temporary: {path.relative_to(temporary)}"
    for path in sorted(run.rglob("*")):
        if path.is_file() and (path.name.startswith(".") or ".partial" in str(path)):
            yield f"not whole: {path.relative_to(run)}"


def remove_group(group: Path) -> None:
    """Remove a control group as soon as its last process has ended."""
    for _ in range(100):
        try:
            group.rmdir()
            return
        except OSError:
            time.sleep(0.1)
