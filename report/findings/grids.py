"""Arranges the cells of one scenario, format and API in a grid of savers and loaders.

A case of a grid is one model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from report.read.cells import Cell, Pair, Results, in_format_order
from results.releases import natural

GOOD = {"works", "refused"}
NOTHING = {"not_saved", "skipped", "harness_error", "missing"}


def kind(cell: Cell) -> str:
    """Name a result as figures show it: by verdict, or by outcome if that says more."""
    return cell.outcome if cell.verdict in {"broken", "not_applicable"} else cell.verdict


def together(kinds: Iterable[str]) -> str:
    """Name the results of several models for one pair: every, some, none; silent if any is."""
    results = set(kinds)
    if "silent" in results:
        return "silent"
    measured = results - NOTHING
    if not measured:
        return min(results, key=["not_saved", "skipped", "harness_error", "missing"].index)
    if measured <= GOOD:
        return "every"
    return "some" if measured & GOOD else "none"


@dataclass(frozen=True)
class Grid:
    """The pairs of saver and loader of one scenario, format and API."""

    scenario: str
    format: str
    api: str
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """The stem of its figure: scenario and format, and the API unless it is a usual one."""
        usual = {"load_model", "load_weights"}
        parts = [self.scenario, self.format] + ([] if self.api in usual else [self.api])
        return "-".join(parts)

    @cached_property
    def cases(self) -> tuple[str, ...]:
        """Its models."""
        return tuple(sorted({cell.case for cell in self.cells}, key=natural))

    @cached_property
    def by_case(self) -> Mapping[str, Mapping[Pair, Cell]]:
        """The cell of each model and pair."""
        cells: dict[str, dict[Pair, Cell]] = {case: {} for case in self.cases}
        for cell in self.cells:
            cells[cell.case][cell.pair] = cell
        return cells

    def kinds(self, case: str) -> dict[Pair, str]:
        """Name the result of one model in each pair."""
        return {pair: kind(cell) for pair, cell in self.by_case[case].items()}

    def models(self, saver: str, loader: str) -> list[tuple[str, str]]:
        """Name the result of each model in one pair."""
        pair = (saver, loader)
        return [(case, kind(cells[pair])) for case, cells in self.by_case.items() if pair in cells]

    @cached_property
    def summary(self) -> Mapping[Pair, str]:
        """The result of all models together in each pair."""
        kinds: dict[Pair, list[str]] = {}
        for cell in self.cells:
            kinds.setdefault(cell.pair, []).append(kind(cell))
        return {pair: together(names) for pair, names in kinds.items()}


def find(results: Results) -> list[Grid]:
    """Return every grid: nearly every release loads the files of nearly every saver."""
    grids = [grid for cells in results.scenarios.values() for grid in _of_scenario(cells)]
    return [grid for grid in grids if _is_full(grid, len(results.releases))]


def _is_full(grid: Grid, size: int) -> bool:
    """Say whether there are enough pairs for a map; chosen pairs make none."""
    return 2 * len(grid.summary) > size**2 > 1


def headline(grids: Sequence[Grid]) -> list[Grid]:
    """Choose the grids of the scenario that has the most cells between releases."""
    if not grids:
        return []
    sizes: dict[str, int] = {}
    for grid in grids:
        sizes[grid.scenario] = sizes.get(grid.scenario, 0) + len(grid.cells)
    largest = max(sizes, key=lambda scenario: (sizes[scenario], natural(scenario)))
    return [grid for grid in grids if grid.scenario == largest]


def _of_scenario(cells: Iterable[Cell]) -> list[Grid]:
    split: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        if not cell.is_save:
            split.setdefault((cell.format, cell.api), []).append(cell)
    formats = in_format_order(name for name, _ in split)
    ordered = sorted(split, key=lambda key: (formats.index(key[0]), natural(key[1])))
    return [Grid(split[key][0].scenario, *key, tuple(split[key])) for key in ordered]
