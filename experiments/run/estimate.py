"""Estimates how long the rest of a stage will take.

The forecast gives seconds for each cell, as measured for cells of its format. The estimate
multiplies them by the pace of the finished cells. Finished cells of the same environment count for
more, the more of them there are. An environment that has not begun must also be installed and
imported, which takes as long as in the other environments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ENOUGH = 0.05
"""The share of a stage's cells that must be done before there is an estimate."""
OWN = 40
"""How many cells of an environment weigh as much for its pace as all other environments."""


@dataclass
class _Pace:
    """The seconds that cells took, and the seconds that the forecast expected."""

    taken_s: float = 0.0
    expected_s: float = 0.0
    cells: int = 0

    def add(self, taken_s: float, expected_s: float) -> None:
        self.taken_s, self.expected_s = self.taken_s + taken_s, self.expected_s + expected_s
        self.cells += 1

    @property
    def ratio(self) -> float:
        return self.taken_s / self.expected_s if self.expected_s else 1.0

    def beside(self, average: _Pace) -> float:
        """Return the ratio, drawn towards the `average` while there are few cells."""
        weight = OWN * average.expected_s / average.cells
        return (self.taken_s + weight * average.ratio) / (self.expected_s + weight)


@dataclass
class Estimate:
    """Takes in the events of a stage; `left` returns the seconds that the rest will take.

    `expected` maps each environment to the expected seconds of its cells, by id. `jobs`
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
        """Return the remaining seconds; None while too few cells are done."""
        missing = sum(map(len, self._left.values()))
        if self._total - missing < ENOUGH * self._total:
            return None
        spans = [self._span(name) for name, cells in self._left.items() if cells]
        return max([sum(spans) / self.jobs, *spans]) if spans else 0.0

    def _span(self, environment: str) -> float:
        """Return the seconds for which one environment will still be at work."""
        pace = self._paces[environment].beside(self._pace)
        cells = pace * sum(self._left[environment].values())
        if environment in self._starts or not self._starts:
            return cells
        return cells + sum(self._starts.values()) / len(self._starts)
