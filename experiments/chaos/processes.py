"""Who is at work in a run, and what has it left behind?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
WORKER = b"experiments.worker"


def below(ancestor: int) -> list[int]:
    """List the processes below one, parents before children."""
    children: dict[int, list[int]] = {}
    for process in _all():
        parent = _parent(process)
        if parent:
            children.setdefault(parent, []).append(process)
    found, left = [], [ancestor]
    while left:
        inner = sorted(children.get(left.pop(0), []))
        found.extend(inner)
        left.extend(inner)
    return found


def _parent(process: int) -> int:
    try:
        fields = (PROC / str(process) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] == b"Z" else int(fields[1])


def workers(driver: int) -> list[int]:
    """List a driver's workers."""
    return [one for one in below(driver) if _parent(one) == driver and WORKER in _command(one)]


def children(driver: int) -> list[int]:
    """List the cells that a driver's workers are carrying out."""
    return [one for worker in workers(driver) for one in below(worker)]


def _command(process: int) -> bytes:
    try:
        return (PROC / str(process) / "cmdline").read_bytes()
    except OSError:
        return b""


def within(folder: Path) -> list[int]:
    """List the processes that work in a folder or below it."""
    found = []
    for process in _all():
        try:
            if (PROC / str(process) / "cwd").readlink().is_relative_to(folder):
                found.append(process)
        except OSError:
            continue
    return sorted(found)


def _all() -> list[int]:
    return [int(place.name) for place in PROC.iterdir() if place.name.isdigit()]


def remains(run: Path, temporary: Path) -> Iterator[str]:
    """Say what a run that is over has left: temporary files, and files that are not whole."""
    for path in sorted(temporary.rglob("*")):
        yield f"temporary: {path.relative_to(temporary)}"
    for path in sorted(run.rglob("*")):
        if path.is_file() and (path.name.startswith(".") or ".partial" in str(path)):
            yield f"not whole: {path.relative_to(run)}"
