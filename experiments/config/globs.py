"""Which names does a selection match, and does each of its globs match any?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from experiments.config.faults import Fault, nearest


def matches(name: str, globs: Iterable[str]) -> bool:
    """Say whether one of the globs matches the name."""
    return any(fnmatchcase(name, glob) for glob in globs)


def faults(select: Any, known: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """Report each glob of a key of `select` that matches none of the names it could match."""
    for key, names in known.items():
        for glob in getattr(select, key):
            if not any(fnmatchcase(name, glob) for name in names):
                yield Fault(f"{key}=[{glob}]", f"no {key} matches {glob!r}", nearest(glob, names))
