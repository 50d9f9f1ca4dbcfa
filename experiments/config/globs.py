"""Match names with the globs of a selection, and report each glob that matches none."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase, translate
from functools import cache
from typing import Any

from experiments.config.faults import Fault, nearest


def matches(name: str, globs: Iterable[str]) -> bool:
    """Say whether one of the globs matches the name."""
    return any(fnmatchcase(name, glob) for glob in globs)


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Return a function like `matches`, faster for many names of which most occur often."""
    fullmatch = re.compile("|".join(map(translate, globs))).fullmatch
    return cache(lambda name: fullmatch(name) is not None)


def faults(select: Any, names: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """Report each glob of a key of `select` that matches none of the names it could match."""
    for key, choices in names.items():
        for glob in getattr(select, key):
            if not any(fnmatchcase(name, glob) for name in choices):
                yield Fault(f"{key}=[{glob}]", f"no {key} matches {glob!r}", nearest(glob, choices))
