"""Who is at work in a run, and what has it left behind?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil

WORKER = "experiments.worker"


def below(ancestor: int) -> list[int]:
    """List the processes below one that still run, parents before children."""
    try:
        found = psutil.Process(ancestor).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [one.pid for one in found if _runs(one)]


def _runs(process: psutil.Process) -> bool:
    """Say whether a process has not ended; one that nobody has waited for has."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def workers(driver: int) -> list[int]:
    """List a driver's workers."""
    found = []
    for process in below(driver):
        try:
            known = psutil.Process(process)
            if known.ppid() == driver and WORKER in known.cmdline():
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def children(driver: int) -> list[int]:
    """List the cells that a driver's workers are carrying out."""
    return [one for worker in workers(driver) for one in below(worker)]


def within(folder: Path) -> list[int]:
    """List the processes that work in a folder or below it."""
    found = [one for one in psutil.process_iter(["cwd"]) if one.info["cwd"]]
    return sorted(one.pid for one in found if Path(one.info["cwd"]).is_relative_to(folder))


def remains(run: Path, temporary: Path) -> Iterator[str]:
    """Say what a run that is over has left: temporary files, and files that are not whole."""
    for path in sorted(temporary.rglob("*")):
        yield f"temporary: {path.relative_to(temporary)}"
    for path in sorted(run.rglob("*")):
        if path.is_file() and (path.name.startswith(".") or ".partial" in str(path)):
            yield f"not whole: {path.relative_to(run)}"


def remove_group(group: Path) -> None:
    """Remove a control group, as soon as the last process has left it."""
    for _ in range(100):
        try:
            group.rmdir()
            return
        except OSError:
            time.sleep(0.1)
