"""How long will the rest of a stage take?

A cell is expected to take what cells of its format took when that was last measured, and to be as
many times slower as the cells that are done. Those of the same environment count for more, the more
of them there are. An environment that has not begun must also be installed and imported, which
takes as long as it took the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ENOUGH = 0.05
"""The part of a stage's cells that must be done before anything is said."""
OWN = 40
"""Cells of an environment that count for as much as all others, where its pace is asked for."""


@dataclass
class _Pace:
    """How the seconds that cells took compare with those that were expected of them."""

    taken_s: float = 0.0
    expected_s: float = 0.0
    cells: int = 0

    def add(self, taken_s: float, expected_s: float) -> None:
        self.taken_s, self.expected_s = self.taken_s + taken_s, self.expected_s + expected_s
        self.cells += 1

    @property
    def ratio(self) -> float:
        return self.taken_s / self.expected_s if self.expected_s else 1.0

    def beside(self, others: _Pace) -> float:
        """Return the ratio, drawn towards that of others while there are few cells."""
        weight = OWN * others.expected_s / others.cells
        return (self.taken_s + weight * others.ratio) / (self.expected_s + weight)


@dataclass
class Estimate:
    """Is told what happens in a stage; `left` returns the seconds that the rest of it will take.

    `expected` maps each environment to the seconds expected of each of its cells, by id. `jobs`
    environments work at a time. `now` is always the time of one clock, in seconds.
    """

    expected: Mapping[str, Mapping[str, float]]
    jobs: int
    _left: dict[str, dict[str, float]] = field(init=False)
    _paces: dict[str, _Pace] = field(init=False)
    _pace: _Pace = field(default_factory=_Pace)
    _begun: dict[str, float] = field(default_factory=dict)
    _starts: dict[str, float] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._left = {name: dict(cells) for name, cells in self.expected.items()}
        self._paces = {name: _Pace() for name in self.expected}
        self._total = sum(map(len, self._left.values()))

    def begin(self, environment: str, now: float) -> None:
        """Take in that an environment is being installed or started."""
        self._begun.setdefault(environment, now)

    def ready(self, environment: str, now: float) -> None:
        """Take in that an environment has imported its release."""
        self._starts.setdefault(environment, now - self._begun.get(environment, now))
        self._last[environment] = now

    def done(self, environment: str, cell: str, now: float) -> None:
        """Take in that a cell has ended."""
        expected = self._left[environment].pop(cell, 0.0)
        taken = now - self._last.get(environment, now)
        self._last[environment] = now
        for pace in (self._pace, self._paces[environment]):
            pace.add(taken, expected)

    def left(self) -> float | None:
        """Return the seconds that are left; None while too little is done to tell."""
        missing = sum(map(len, self._left.values()))
        if self._total - missing < ENOUGH * self._total:
            return None
        spans = [self._span(name) for name, cells in self._left.items() if cells]
        return max([sum(spans) / self.jobs, *spans]) if spans else 0.0

    def _span(self, environment: str) -> float:
        """Return the seconds that one environment will still be at work."""
        pace = self._paces[environment].beside(self._pace)
        cells = pace * sum(self._left[environment].values())
        if environment in self._starts or not self._starts:
            return cells
        return cells + sum(self._starts.values()) / len(self._starts)
