"""Finds what each release changed against the release before it.

For a release with its own files, states and wordings are compared. Between releases, a release
begins or ceases to read files, and its files begin or cease to load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from report.answers.wording import wording
from report.findings.grids import GOOD, NOTHING, Grid
from report.findings.histories import diagonal
from report.read.cells import Cell, Key, Results, in_format_order
from report.writing.lists import blocks, case_list, listed, merged, routes
from report.writing.outcomes import state
from report.writing.text import shortened
from results.releases import Releases

Step = tuple[str, Key, Cell, Cell]
"""Scenario, key, and the key's cells in the release before and in this one."""


@dataclass(frozen=True)
class Turn:
    """Cells that went from one state or wording to another."""

    before: str
    after: str
    scenarios: tuple[str, ...]
    cells: int


@dataclass(frozen=True)
class Reading:
    """Loads of one format between releases that begin, or cease, to work."""

    format: str
    begins: bool
    partners: tuple[str, ...]
    cells: int


@dataclass(frozen=True)
class Changes:
    """The changes from one release to the next."""

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
        """Count the loads with another result than in the release before."""
        turned = self.count(self.states)
        return turned + sum(reading.cells for reading in self.reads)

    def count(self, turns: Sequence[Turn]) -> int:
        """Count the cells of some turns."""
        return sum(turn.cells for turn in turns)

    def begins(self, readings: Sequence[Reading], begins: bool) -> int:
        """Count the loads that begin (or cease) to work."""
        return sum(reading.cells for reading in readings if reading.begins is begins)

    @property
    def formats(self) -> list[str]:
        """The formats with a change between releases."""
        return in_format_order(reading.format for reading in (*self.reads, *self.is_read))

    def partners(self, readings: Sequence[Reading], form: str, begins: bool) -> str:
        """Write the other releases whose loads of a format begin (or cease) to work."""
        chosen = (one for one in readings if (one.format, one.begins) == (form, begins))
        return "; ".join(partner for reading in chosen for partner in reading.partners)


def changes(results: Results, grids: Sequence[Grid]) -> list[Changes]:
    """Compare each release with the release before it."""
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
        states=_turns(turned, state),
        words=_turns(reworded, _pattern, _message),
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
    _, _, before, after = step
    return before.outcome == after.outcome == "error" and wording(before) != wording(after)


def _pattern(cell: Cell) -> str:
    return " ".join(wording(cell))


def _message(cell: Cell) -> str:
    return shortened(f"{cell.error}: {cell.error_message}")


def _turns(
    steps: Iterable[Step], key: Callable[[Cell], str], shown: Callable[[Cell], str] | None = None
) -> tuple[Turn, ...]:
    """Group steps with the same keys before and after, commonest first.

    `shown` writes the first cell of a group; without it the key itself is shown.
    """
    shown = shown or key
    groups = merged((step, (key(step[2]), key(step[3]))) for step in steps)
    turns = [
        Turn(shown(members[0][2]), shown(members[0][3]), _scenarios(members), len(members))
        for members in groups.values()
    ]
    return tuple(sorted(turns, key=lambda turn: (-turn.cells, turn.before, turn.after)))


def _scenarios(steps: Iterable[Step]) -> tuple[str, ...]:
    """Write steps by scenario: its cases, and the formats and APIs that loaded them."""
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
            turned = list(_turned(grid, before, release, releases, loading, begins))
            # A change of the release's own files alone says nothing of the other releases.
            if {partner for partner, _ in turned} - {release}:
                yield Reading(
                    format=grid.format,
                    begins=begins,
                    partners=tuple(_partners(merged(turned), grid, releases)),
                    cells=sum(len(cases) for _, cases in turned),
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
    """Yield for each partner release the models that begin (or cease) to load."""
    for partner in releases.ids:
        pairs = [(partner, end) if loading else (end, partner) for end in (before, release)]
        old, new = (dict(grid.models(*pair)) for pair in pairs)
        measured = [
            case
            for case in grid.cases
            if {old.get(case), new.get(case)}.isdisjoint(NOTHING | {None})
        ]
        cases = tuple(
            case
            for case in measured
            if (old[case] in GOOD) is not begins and (new[case] in GOOD) is begins
        )
        if cases:
            yield partner, cases
