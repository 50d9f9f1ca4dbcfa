"""What changed, and in which release?

On the diagonal (a release with its own files) by state and wording; between releases by what a
release begins or ceases to read, and by whose files others begin or cease to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from report.answers.wording import shortened, wording
from report.findings.grids import GOOD, NOTHING, Grid, Key
from report.findings.histories import diagonal
from report.findings.rows import blocks, case_list, listed, merged, routes, state
from report.read.cells import Cell, Results, in_format_order
from results.releases import Releases

Step = tuple[str, Key, Cell, Cell]
"""Scenario, what is followed, its cell in the release before and in this one."""


@dataclass(frozen=True)
class Turn:
    """Cells that went from one state or wording to another."""

    was: str
    now: str
    where: tuple[str, ...]
    cells: int


@dataclass(frozen=True)
class Reading:
    """What one format's files began (or ceased) to do between releases."""

    format: str
    begins: bool
    partners: tuple[str, ...]
    cells: int


@dataclass(frozen=True)
class Changes:
    """Everything that changed from one release to the next."""

    release: str
    before: str
    states: tuple[Turn, ...]
    words: tuple[Turn, ...]
    reads: tuple[Reading, ...]
    is_read: tuple[Reading, ...]

    def __bool__(self) -> bool:
        return bool(self.states or self.words or self.reads or self.is_read)

    @property
    def size(self) -> int:
        """How many loads went otherwise than in the release before."""
        turned = self.count(self.states)
        return turned + sum(reading.cells for reading in self.reads)

    def count(self, turns: Sequence[Turn]) -> int:
        """How many cells the turns are about."""
        return sum(turn.cells for turn in turns)

    def begins(self, readings: Sequence[Reading], begins: bool) -> int:
        """How many loads begin (or cease) to work."""
        return sum(reading.cells for reading in readings if reading.begins is begins)

    @property
    def formats(self) -> list[str]:
        """The formats whose files load otherwise."""
        return in_format_order(reading.format for reading in (*self.reads, *self.is_read))

    def partners(self, readings: Sequence[Reading], fmt: str, begins: bool) -> str:
        """Write the other releases whose loads of a format begin (or cease) to work."""
        found = (one for one in readings if (one.format, one.begins) == (fmt, begins))
        return "; ".join(partner for one in found for partner in one.partners)


def changes(results: Results, grids: Sequence[Grid]) -> list[Changes]:
    """Compare each release with the one before it."""
    releases = results.releases
    series = {name: diagonal(cells) for name, cells in results.scenarios.items()}
    return [
        _changes(series, grids, before, release, releases)
        for before, release in pairwise(releases.ids)
    ]


def _changes(
    series: Mapping[str, Mapping[Key, Mapping[str, Cell]]],
    grids: Sequence[Grid],
    before: str,
    release: str,
    releases: Releases,
) -> Changes:
    steps = list(_steps(series, before, release))
    turned = [step for step in steps if state(step[2]) != state(step[3])]
    reworded = [step for step in steps if _reworded(step)]
    return Changes(
        release=releases.label(release),
        before=releases.label(before),
        states=_turns(turned, state, state),
        words=_turns(reworded, _pattern, _pattern, _complaint),
        reads=tuple(_readings(grids, before, release, releases, loading=True)),
        is_read=tuple(_readings(grids, before, release, releases, loading=False)),
    )


def _steps(
    series: Mapping[str, Mapping[Key, Mapping[str, Cell]]], before: str, release: str
) -> Iterator[Step]:
    for scenario, keys in series.items():
        for key, cells in keys.items():
            if before in cells and release in cells:
                yield scenario, key, cells[before], cells[release]


def _reworded(step: Step) -> bool:
    _, _, was, now = step
    return was.outcome == now.outcome == "error" and wording(was) != wording(now)


def _pattern(cell: Cell) -> str:
    return " ".join(wording(cell))


def _complaint(cell: Cell) -> str:
    return shortened(f"{cell.error_type.rsplit('.', 1)[-1]}: {cell.error_message}")


def _turns(
    steps: Iterable[Step],
    was: Callable[[Cell], str],
    now: Callable[[Cell], str],
    shown: Callable[[Cell], str] | None = None,
) -> tuple[Turn, ...]:
    """Group steps that go from the same to the same, commonest first."""
    groups = merged((step, (was(step[2]), now(step[3]))) for step in steps)
    turns = [
        Turn(
            was=shown(members[0][2]) if shown else key[0],
            now=shown(members[0][3]) if shown else key[1],
            where=_where(members),
            cells=len(members),
        )
        for key, members in groups.items()
    ]
    return tuple(sorted(turns, key=lambda turn: (-turn.cells, turn.was, turn.now)))


def _where(steps: Iterable[Step]) -> tuple[str, ...]:
    """Write steps by scenario: its cases and how they were loaded."""
    by_scenario = merged((key, scenario) for scenario, key, _, _ in steps)
    return tuple(
        f"`{scenario}`: "
        + "; ".join(
            f"{case_list(cases)} ({routes(pairs)})"
            for cases, pairs, _ in blocks(dict.fromkeys(keys, ""))
        )
        for scenario, keys in by_scenario.items()
    )


def _readings(
    grids: Sequence[Grid], before: str, release: str, releases: Releases, *, loading: bool
) -> Iterator[Reading]:
    """Compare two loaders of the same files, or two savers' files in the same loaders."""
    for grid in grids:
        for begins in (True, False):
            found = list(_turned(grid, before, release, releases, loading, begins))
            groups = merged(found)
            if {partner for partner, _ in found} - {release}:  # its own files say nothing of others
                yield Reading(
                    format=grid.format,
                    begins=begins,
                    partners=tuple(_partners(groups, grid, releases)),
                    cells=sum(len(grid_cases) for _, grid_cases in found),
                )


def _partners(
    groups: Mapping[tuple[str, ...], Sequence[str]], grid: Grid, releases: Releases
) -> Iterator[str]:
    for cases, partners in groups.items():
        models = "" if cases == grid.cases else f" ({listed(cases)})"
        yield f"{releases.intervals(partners)}{models}"


def _turned(
    grid: Grid, before: str, release: str, releases: Releases, loading: bool, begins: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each partner release: the models that begin (or cease) to load."""
    for partner in releases.ids:
        ends = [(partner, one) if loading else (one, partner) for one in (before, release)]
        was, now = (dict(grid.models(*pair)) for pair in ends)
        told = [case for case in grid.cases if {was.get(case), now.get(case)}.isdisjoint(_UNTOLD)]
        cases = tuple(
            case
            for case in told
            if (was[case] in GOOD) is not begins and (now[case] in GOOD) is begins
        )
        if cases:
            yield partner, cases


_UNTOLD = NOTHING | {None}
