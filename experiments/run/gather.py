"""Gathers the parts of a run that several machines made into one run.

It appends the replies of each part, and copies the descriptions of environments. It refuses parts
with different descriptions of one environment: their cells would not be one matrix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from experiments.config.faults import ConfigFaultsError, Fault
from experiments.run import store
from experiments.run.store import Run
from results import storage

FIX = "Give folders of results/runs that `nox -s matrix -- shard=I/N` wrote."


def gather(parts: Sequence[Run], target: Run) -> int:
    """Append the replies of `parts` to `target`; return how many there were.

    Raises `ConfigFaultsError` with everything that does not fit together, before it writes.
    """
    faults = list(_faults(parts, target))
    if faults:
        raise ConfigFaultsError(faults)
    count = 0
    for part in parts:
        for path in sorted((part.folder / "environments").glob("*.json")):
            storage.write_json(target.environment(path.stem), store.read_json(path))
        for path in sorted((part.folder / "replies").glob("*/*.jsonl")):
            lines = list(store.read_lines(path))
            store.append_lines(target.replies(path.parent.name, path.stem), lines)
            count += len(lines)
    return count


def _faults(parts: Sequence[Run], target: Run) -> Iterator[Fault]:
    descriptions: dict[str, tuple[object, Path]] = {}
    for part in parts:
        if not (part.folder / "replies").is_dir():
            yield Fault(str(part.folder), "is no folder of a run", FIX)
        elif part.folder.resolve() == target.folder.resolve():
            yield Fault(str(part.folder), "is the run that the parts are put into", FIX)
        for path in sorted((part.folder / "environments").glob("*.json")):
            description = (store.read_json(path) or {}).get("description")
            first, folder = descriptions.setdefault(path.stem, (description, part.folder))
            if description != first:
                differences = _differences(description, first)
                fault = f"its {path.stem} is not that of {folder}: {differences}"
                fix = "Make all parts with the same locks, on machines of the same kind."
                yield Fault(str(part.folder), fault, fix)


def _differences(first: object, second: object) -> str:
    """Name the differing fields of two descriptions of an environment."""
    if not (isinstance(first, dict) and isinstance(second, dict)):
        return "one of them was not to be had"
    keys = sorted(key for key in first.keys() | second.keys() if first.get(key) != second.get(key))
    return ", ".join(f"{key} {first.get(key)} and {second.get(key)}" for key in keys)
