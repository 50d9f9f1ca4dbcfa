"""How do the parts of a run that were made elsewhere become one run?

Replies are put into one folder, each part's after the others, and the environments with them. What
is not the same environment everywhere is refused: its cells would not be one matrix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from experiments.config.faults import ConfigFaultsError, Fault
from experiments.run import store
from experiments.run.store import Run
from results import storage

AGAIN = "Give folders of results/runs that `nox -s matrix -- shard=I/N` wrote."


def gather(parts: Sequence[Run], whole: Run) -> int:
    """Put the replies of `parts` into `whole`; return how many there were.

    Raises `ConfigFaultsError` with all that does not fit together, and then writes nothing.
    """
    faults = list(_faults(parts, whole))
    if faults:
        raise ConfigFaultsError(faults)
    count = 0
    for part in parts:
        for path in sorted((part.folder / "environments").glob("*.json")):
            storage.write_json(whole.environment(path.stem), store.read_json(path))
        for path in sorted((part.folder / "replies").glob("*/*.jsonl")):
            lines = list(store.read_lines(path))
            store.append_lines(whole.replies(path.parent.name, path.stem), lines)
            count += len(lines)
    return count


def _faults(parts: Sequence[Run], whole: Run) -> Iterator[Fault]:
    seen: dict[str, tuple[object, Path]] = {}
    for part in parts:
        if not (part.folder / "replies").is_dir():
            yield Fault(str(part.folder), "is no folder of a run", AGAIN)
        elif part.folder.resolve() == whole.folder.resolve():
            yield Fault(str(part.folder), "is the run that the parts are put into", AGAIN)
        for path in sorted((part.folder / "environments").glob("*.json")):
            said = (store.read_json(path) or {}).get("description")
            known, where = seen.setdefault(path.stem, (said, part.folder))
            if said != known:
                what = f"its {path.stem} is not that of {where}: {_difference(said, known)}"
                fix = "Make all parts with the same locks, on machines of the same kind."
                yield Fault(str(part.folder), what, fix)


def _difference(one: object, other: object) -> str:
    """Name what two descriptions of an environment differ in."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return "one of them was not to be had"
    keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
    return ", ".join(f"{key} {one.get(key)} and {other.get(key)}" for key in keys)
