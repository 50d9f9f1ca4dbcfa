"""Counts how far the files of each format carry from one release to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from report.findings.grids import GOOD, NOTHING, Grid, kind
from report.read.cells import Cell
from report.writing.lists import DASH, listed, merged
from report.writing.numbers import percent, share_of
from report.writing.outcomes import NO_ANSWER, OUTCOMES, VERDICTS
from results.contract.cells import CALLS
from results.releases import Releases


@dataclass(frozen=True)
class Share:
    """The pairs of releases of one format, by the number of models that load.

    `newer` and `older` are shares of loads whose loader is newer, or older, than the saver.
    """

    format: str
    call: str
    savers: str
    pairs: int
    every: int
    some: int
    none: int
    silent: int
    newer: str
    older: str

    @property
    def share(self) -> str:
        """Pairs in which every model loads, of those that have a file."""
        return percent(self.every, self.pairs)

    @property
    def exact(self) -> float:
        """The same, as a number to sort by."""
        return self.every / self.pairs if self.pairs else 0.0

    @property
    def file(self) -> str:
        """The file name in the call that saves, in quotes."""
        return self.call.partition("(")[2].removesuffix(")")


def share(grid: Grid, releases: Releases) -> Share:
    """Count a grid's pairs by the result of its models taken together."""
    kinds = list(grid.summary.values())
    direction = by_direction([grid], releases)
    return Share(
        format=grid.format,
        call=CALLS.get(grid.format, ""),
        savers=releases.intervals(_savers(grid, releases)),
        pairs=sum(kind not in NOTHING for kind in kinds),
        every=kinds.count("every"),
        some=kinds.count("some"),
        none=kinds.count("none"),
        silent=kinds.count("silent"),
        newer=direction["newer"],
        older=direction["older"],
    )


@dataclass(frozen=True)
class Crossing:
    """Shares of loads that cross from one major version of Keras to the next, and back."""

    old: str
    new: str
    forwards: str
    back: str


def crossings(grids: Sequence[Grid], majors: Mapping[str, str]) -> list[Crossing]:
    """Count the loads that work across each change of Keras's major version."""
    names = list(dict.fromkeys(major for major in majors.values() if major))
    measured = _measured(grids)

    def loads(old: str, new: str) -> str:
        return _good(
            [
                cell
                for cell in measured
                if (majors[cell.saved_with], majors[cell.loaded_with]) == (old, new)
            ]
        )

    return [Crossing(old, new, loads(old, new), loads(new, old)) for old, new in pairwise(names)]


def by_direction(grids: Iterable[Grid], releases: Releases) -> dict[str, str]:
    """Return the share of loads that work with a newer, an older and the saving release."""
    measured = _measured(grids)
    return {
        "newer": _good([cell for cell in measured if _ahead(cell, releases) > 0]),
        "older": _good([cell for cell in measured if _ahead(cell, releases) < 0]),
        "same": _good([cell for cell in measured if cell.diagonal]),
    }


def _measured(grids: Iterable[Grid]) -> list[Cell]:
    return [cell for grid in grids for cell in grid.cells if kind(cell) not in NOTHING]


def _ahead(cell: Cell, releases: Releases) -> int:
    return releases.positions[cell.loaded_with] - releases.positions[cell.saved_with]


def _good(cells: Sequence[Cell]) -> str:
    return share_of(sum(cell.verdict in GOOD for cell in cells), len(cells))


@dataclass(frozen=True)
class LoadsIn:
    """The releases in which the files of some savers load."""

    savers: str
    every: str
    some: str
    silent: str
    none: str


def loads_in(grid: Grid, releases: Releases) -> list[LoadsIn]:
    """List the releases in which each saver's files load; equal savers share a row."""
    rows = merged((saver, _loads_in(grid, saver, releases)) for saver in _savers(grid, releases))
    return [LoadsIn(releases.intervals(savers), *row) for row, savers in rows.items()]


def _savers(grid: Grid, releases: Releases) -> list[str]:
    kinds = grid.summary
    return releases.sort(saver for (saver, _), kind in kinds.items() if kind not in NOTHING)


def _loads_in(grid: Grid, saver: str, releases: Releases) -> tuple[str, str, str, str]:
    loaders: dict[str, list[str]] = {}
    for pair, name in grid.summary.items():
        if pair[0] == saver:
            loaders.setdefault(name, []).append(pair[1])
    return (
        releases.span(loaders.get("every", [])),
        _partly(grid, saver, loaders.get("some", []), _some, releases),
        _partly(grid, saver, loaders.get("silent", []), _silent, releases),
        releases.span(loaders["none"]) if "none" in loaders else "",
    )


def _partly(
    grid: Grid,
    saver: str,
    loaders: Iterable[str],
    models: Callable[[Sequence[tuple[str, str]]], str],
    releases: Releases,
) -> str:
    """Write loaders, and in brackets the models of each run of loaders."""
    groups = merged(
        (loader, models(grid.models(saver, loader))) for loader in releases.sort(loaders)
    )
    return "; ".join(
        f"{releases.intervals(members)} ({words})" for words, members in groups.items()
    )


def _some(models: Sequence[tuple[str, str]]) -> str:
    """Name the models that load or those that do not, whichever are fewer."""
    good = [case for case, name in models if name in GOOD]
    bad = [case for case, name in models if name not in GOOD | NOTHING]
    return f"only {listed(good)}" if len(good) < len(bad) else f"not {listed(bad)}"


def _silent(models: Sequence[tuple[str, str]]) -> str:
    return listed(case for case, name in models if name == "silent")


@dataclass(frozen=True)
class ModelLoadsIn:
    """The releases in which the files of some savers load, model by model."""

    savers: str
    models: tuple[str, ...]


def models_load_in(grid: Grid, releases: Releases) -> list[ModelLoadsIn]:
    """List the releases that load each saver's file of each model; equal savers share a row."""
    savers = releases.sort(saver for saver, _ in grid.summary)
    rows = merged(
        (saver, tuple(_model(grid, case, saver, releases) for case in grid.cases))
        for saver in savers
    )
    return [ModelLoadsIn(releases.intervals(names), row) for row, names in rows.items()]


def _model(grid: Grid, case: str, saver: str, releases: Releases) -> str:
    loaders: dict[str, list[str]] = {}
    for pair, name in grid.kinds(case).items():
        if pair[0] == saver:
            loaders.setdefault(name, []).append(pair[1])
    if set(loaders) <= NOTHING:
        return OUTCOMES.get(min(loaders, default=""), DASH)
    works = [loader for name in GOOD for loader in loaders.get(name, [])]
    parts = [releases.span(works)]
    for name in ("silent", *sorted(NO_ANSWER)):
        if name in loaders:
            words = OUTCOMES.get(name) or VERDICTS[name]
            parts.append(f"**{words}** in {releases.intervals(loaders[name])}")
    return " · ".join(parts)
