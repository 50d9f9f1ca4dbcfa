"""How far does each format carry from one release to another?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from report.findings.grids import GOOD, NOTHING, Grid, kind
from report.findings.rows import DASH, NO_ANSWER, WORDS, listed, merged, percent
from report.read.cells import Cell
from results.contract.cells import CALLS
from results.releases import Releases


@dataclass(frozen=True)
class Share:
    """How far one format carries between releases."""

    format: str
    call: str
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


def share(grid: Grid, releases: Releases) -> Share:
    """Count a grid's pairs by what happened to its models taken together."""
    kinds = list(grid.summary.values())
    direction = between([grid], releases)
    return Share(
        format=grid.format,
        call=CALLS.get(grid.format, ""),
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
    """Loads that cross from one major version of Keras to the next: forwards and back."""

    old: str
    new: str
    forwards: str
    back: str


def crossings(grids: Sequence[Grid], majors: Mapping[str, str]) -> list[Crossing]:
    """Say how many loads work across each change of Keras's major version."""
    names = list(dict.fromkeys(major for major in majors.values() if major))
    told = [cell for grid in grids for cell in grid.cells if kind(cell) not in NOTHING]

    def good(old: str, new: str) -> str:
        pair = (old, new)
        ends = ((majors[cell.saved_with], majors[cell.loaded_with]) for cell in told)
        return _good([cell for cell, one in zip(told, ends, strict=True) if one == pair])

    return [Crossing(old, new, good(old, new), good(new, old)) for old, new in pairwise(names)]


def between(grids: Iterable[Grid], releases: Releases) -> dict[str, str]:
    """Share of loads that work when the loader is newer, older and the same release."""
    told = [cell for grid in grids for cell in grid.cells if kind(cell) not in NOTHING]
    return {
        "newer": _good([cell for cell in told if _ahead(cell, releases) > 0]),
        "older": _good([cell for cell in told if _ahead(cell, releases) < 0]),
        "same": _good([cell for cell in told if cell.diagonal]),
    }


def _ahead(cell: Cell, releases: Releases) -> int:
    return releases.places[cell.loaded_with] - releases.places[cell.saved_with]


def _good(cells: Sequence[Cell]) -> str:
    return percent(sum(cell.verdict in GOOD for cell in cells), len(cells))


@dataclass(frozen=True)
class LoadsIn:
    """Where the files of some savers load."""

    savers: str
    every: str
    some: str
    silent: str
    none: str


def loads_in(grid: Grid, releases: Releases) -> list[LoadsIn]:
    """Say for each saver in which releases its files load; savers that agree share a row."""
    rows = merged((saver, _loads_in(grid, saver, releases)) for saver in _savers(grid, releases))
    return [LoadsIn(releases.intervals(savers), *row) for row, savers in rows.items()]


def _savers(grid: Grid, releases: Releases) -> list[str]:
    kinds = grid.summary
    return releases.sort(saver for (saver, _), kind in kinds.items() if kind not in NOTHING)


def _loads_in(grid: Grid, saver: str, releases: Releases) -> tuple[str, str, str, str]:
    loaders: dict[str, list[str]] = {}
    for (saved, loader), name in grid.summary.items():
        if saved == saver:
            loaders.setdefault(name, []).append(loader)
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
    """Write loaders, and in brackets the models that a run of them is about."""
    groups = merged((one, models(grid.models(saver, one))) for one in releases.sort(loaders))
    return "; ".join(
        f"{releases.intervals(members)} ({words})" for words, members in groups.items()
    )


def _some(models: Sequence[tuple[str, str]]) -> str:
    """Name those that load or those that do not, whichever are fewer."""
    good = [case for case, name in models if name in GOOD]
    bad = [case for case, name in models if name not in GOOD | NOTHING]
    return f"only {listed(good)}" if len(good) < len(bad) else f"not {listed(bad)}"


def _silent(models: Sequence[tuple[str, str]]) -> str:
    return listed(case for case, name in models if name == "silent")


@dataclass(frozen=True)
class ModelLoadsIn:
    """Where the files of some savers load, model by model."""

    savers: str
    models: tuple[str, ...]


def models_load_in(grid: Grid, releases: Releases) -> list[ModelLoadsIn]:
    """Say for each saver and model in which releases the file loads; like savers share a row."""
    savers = releases.sort(saver for saver, _ in grid.summary)
    rows = merged(
        (saver, tuple(_model(grid, case, saver, releases) for case in grid.cases))
        for saver in savers
    )
    return [ModelLoadsIn(releases.intervals(names), row) for row, names in rows.items()]


def _model(grid: Grid, case: str, saver: str, releases: Releases) -> str:
    loaders: dict[str, list[str]] = {}
    for (saved, loader), name in grid.kinds(case).items():
        if saved == saver:
            loaders.setdefault(name, []).append(loader)
    if set(loaders) <= NOTHING:
        return WORDS.get(min(loaders, default=""), DASH)
    works = [loader for name in GOOD for loader in loaders.get(name, [])]
    parts = [releases.span(works)]
    for name in ("silent", *sorted(NO_ANSWER)):
        if name in loaders:
            parts.append(f"**{WORDS.get(name, name)}** {releases.intervals(loaders[name])}")
    return " · ".join(parts)
