"""In which order do releases stand, and how is a set of them written?

Everything is derived from the environment ids that the data name: nothing counts or lists releases.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from typing import TypeVar

State = TypeVar("State", bound=Hashable)

_DIGITS = re.compile(r"[0-9]+")
PRODUCTS = {"tf-": "TensorFlow"}
"""What a shared prefix of environment ids stands for."""


@cache
def natural(text: str) -> str:
    """Return a sort key that reads digits as numbers: tf-2.9 before tf-2.10.

    Every number is written with its count of digits before it, after a character that sorts before
    all others.
    """
    return _DIGITS.sub(_number_key, text)


def _number_key(digits: re.Match[str]) -> str:
    number = digits[0].lstrip("0")
    return f"\0{len(number):04}{number}"


@dataclass(frozen=True)
class Releases:
    """Environment ids, oldest first.

    A variant of a release, with another h5py or Keras than usual, has its id and something after
    it (`tf-2.1-h5py-3`); it stands in no run of releases and is always named by itself.
    """

    ids: tuple[str, ...]
    variants: tuple[str, ...] = ()

    @classmethod
    def of(cls, ids: Iterable[str]) -> Releases:
        """Put ids into natural order, each once."""
        names = sorted(set(ids), key=natural)
        varied = [name for name in names if any(name.startswith(f"{base}-") for base in names)]
        return cls(tuple(name for name in names if name not in varied), tuple(varied))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def prefix(self) -> str:
        """The letters that all ids begin with; labels leave them out."""
        starts = {re.split(r"\d", release)[0] for release in self.ids}
        return starts.pop() if len(starts) == 1 else ""

    @property
    def product(self) -> str:
        """The product whose releases the labels name."""
        return PRODUCTS.get(self.prefix, self.prefix.strip("-_ "))

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The position of each id in the order."""
        releases = sorted((*self.ids, *self.variants), key=natural)
        return {release: position for position, release in enumerate(releases)}

    def label(self, release: str) -> str:
        """Write one release: 2.4 for tf-2.4 where all ids begin with tf-."""
        return release.removeprefix(self.prefix)

    def sort(self, releases: Iterable[str]) -> list[str]:
        """Put some of the releases into order."""
        return sorted(set(releases), key=self.positions.__getitem__)

    def runs(self, releases: Collection[str]) -> list[tuple[str, str]]:
        """First and last of each unbroken run of releases."""
        return [
            (first, last)
            for first, last, chosen in self.stretches(self._member(releases))
            if chosen
        ]

    def stretches(self, states: Mapping[str, State]) -> list[tuple[str, str, State | None]]:
        """First, last and state of each unbroken run of releases in one state, then variants."""
        runs = groupby(self.ids, key=states.get)
        members = [(state, list(run)) for state, run in runs]
        members += [(states[name], [name]) for name in self.variants if name in states]
        return [(run[0], run[-1], state) for state, run in members]

    def _member(self, releases: Collection[str]) -> dict[str, bool]:
        chosen = set(releases)
        return {release: release in chosen for release in (*self.ids, *self.variants)}

    def interval(self, first: str, last: str) -> str:
        """Write a run by its ends: `2.4` or `2.4-2.9` with an en dash."""
        ends = [self.label(first)] if first == last else [self.label(first), self.label(last)]
        return "\N{EN DASH}".join(ends)

    def intervals(self, releases: Collection[str]) -> str:
        """Write a set of releases by the ends of its runs."""
        return ", ".join(self.interval(first, last) for first, last in self.runs(releases))

    def span(self, releases: Collection[str]) -> str:
        """Write a set of releases in words of support: all, none, until, since, or intervals."""
        if not releases:
            return "none"
        if set(self.ids) <= set(releases):
            return "all"
        return ", ".join(self._support(first, last) for first, last in self.runs(releases))

    def _support(self, first: str, last: str) -> str:
        if first != last and last == self.ids[-1]:
            return f"since {self.label(first)}"
        if first != last and first == self.ids[0]:
            return f"until {self.label(last)}"
        return self.interval(first, last)
