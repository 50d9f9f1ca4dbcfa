"""Draws the matrix: maps of saver by loader, and strips of scenarios by release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path

from report.drawing.shapes import (
    GREY,
    INK,
    LEGEND_ROW,
    LOOKS,
    MARGIN,
    SQUARE,
    STACKED,
    STYLE,
    SVG,
    Look,
    at,
    bars,
    encode,
    fill,
    heading,
    legend,
    lines,
    outline,
    rectangle,
)
from report.findings.grids import GOOD, NOTHING, Grid
from report.findings.portability import share
from report.read.cells import Pair, Results
from report.writing.numbers import share_of
from results.contract.cells import CALLS
from results.releases import Releases

WIDTH = 9.375
"""Inches: 900 px, about as wide as the text of a README."""
COLUMNS = 3
OWN = Look("outlined: loaded with the release that saved it", "#ffffff", edge=INK)


def draw(
    results: Results, grids: Sequence[Grid], main: Sequence[Grid], form: str = SVG
) -> dict[str, bytes]:
    """Draw every figure: file name and content."""
    with mpl.rc_context(STYLE):
        figures = _figures(results, grids, main)
        return {f"{name}.{form}": encode(figure, form) for name, figure in figures}


def _figures(
    results: Results, grids: Sequence[Grid], main: Sequence[Grid]
) -> Iterator[tuple[str, Figure]]:
    if main:
        yield "headline", headline(results, main)
    for grid in grids:
        yield grid.name, models(results, grid)
    names = along_the_diagonal(results, grids)
    if names:
        yield "scenarios", strips(results, names)


def along_the_diagonal(results: Results, grids: Sequence[Grid]) -> list[str]:
    """Name the scenarios without a grid: a release loads its own files, or chosen ones."""
    mapped = {grid.scenario for grid in grids}
    return [name for name in results.scenarios if name not in mapped]


# --- saver by loader


@dataclass(frozen=True)
class Panel:
    """One map of pairs, its title and a line under it."""

    title: str
    note: str
    kinds: Mapping[Pair, str]


def headline(results: Results, grids: Sequence[Grid]) -> Figure:
    """Draw one map per format, its models taken together."""
    cases = {case for grid in grids for case in grid.cases}
    title = f"Which {results.releases.product} release loads which other release's Keras files"
    subtitle = (
        f"{len(cases)} models. Per cent: pairs of releases in which every model loads as saved, "
        "of the pairs in which the saver can write the format."
    )
    return maps([_together(grid, results.releases) for grid in grids], results, title, subtitle)


def _together(grid: Grid, releases: Releases) -> Panel:
    counted = share(grid, releases)
    note = f"{CALLS.get(grid.format, grid.api)}   {counted.share} of {counted.pairs} pairs"
    return Panel(grid.format, note, grid.summary)


def models(results: Results, grid: Grid) -> Figure:
    """Draw one map per model of a grid."""
    title = f"{grid.scenario}, {grid.format}: model by model"
    saved = CALLS.get(grid.format, grid.format)
    subtitle = (
        f"Saved by {saved}, loaded by {grid.api}. Per cent of the pairs in which there is a file."
    )
    return maps([_model(grid, case) for case in grid.cases], results, title, subtitle)


def _model(grid: Grid, case: str) -> Panel:
    kinds = grid.kinds(case)
    measured = [kind for kind in kinds.values() if kind not in NOTHING]
    good = share_of(sum(kind in GOOD for kind in measured), len(measured))
    return Panel(case, f"{good} pairs", kinds)


@dataclass(frozen=True)
class Layout:
    """Inches of a figure of maps: panels side by side, each as many squares wide as releases."""

    releases: int
    panels: int
    legend: float
    left: float = 0.62
    gap: float = 0.42
    head: float = 0.72
    title: float = 0.36
    foot: float = 0.60

    @property
    def column(self) -> float:
        """Width of a column of panels."""
        return (WIDTH - self.left - MARGIN + self.gap) / COLUMNS

    @property
    def side(self) -> float:
        """Side of one map."""
        return min(self.column - self.gap, max(2.0, 0.4 * self.releases))

    @property
    def row(self) -> float:
        """Height of a row of panels."""
        return self.title + self.side + self.foot

    @property
    def height(self) -> float:
        """Height of the figure."""
        return self.head + -(-self.panels // COLUMNS) * self.row + self.legend + 0.1

    def box(self, number: int) -> tuple[float, float, float, float]:
        """Return the box of one map: left, bottom, width and height in parts of the figure."""
        row, column = divmod(number, COLUMNS)
        left = self.left + column * self.column
        top = self.head + row * self.row + self.title
        bottom = self.height - top - self.side
        height = self.side / self.height
        return left / WIDTH, bottom / self.height, self.side / WIDTH, height


def maps(panels: Sequence[Panel], results: Results, title: str, subtitle: str) -> Figure:
    """Draw saver by loader maps side by side, with one legend."""
    looks = [*_looks(panels, results.releases), OWN, *_line(results)]
    depth = -(-len(looks) // 2) * LEGEND_ROW
    layout = Layout(len(results.releases), len(panels), depth)
    figure = Figure(figsize=(WIDTH, layout.height))
    heading(figure, title, subtitle)
    for number, panel in enumerate(panels):
        axes = figure.add_axes(layout.box(number))
        _map(axes, panel, results)
        if number % COLUMNS == 0:
            axes.set_ylabel(f"saved with {results.releases.product}", labelpad=2)
    legend(figure, looks, 0.1)
    return figure


def _looks(panels: Sequence[Panel], releases: Releases) -> list[Look]:
    kinds = {name for panel in panels for name in _squares(panel.kinds, releases)}
    return list(dict.fromkeys(look for name, look in LOOKS.items() if name in kinds))


def _map(axes: Axes, panel: Panel, results: Results) -> None:
    size = len(results.releases)
    for name, squares in _squares(panel.kinds, results.releases).items():
        fill(axes, LOOKS[name], bars(squares), squares, 0.8)
    edges = [index + 0.5 for index in range(size - 1)]
    _rules(axes, edges, size, "#ffffff", 0.7, 2)
    _rules(axes, _borders(results), size, INK, 0.9, 4)
    own = at(SQUARE, [(index, index) for index in range(size)])
    outline(axes, own, INK, 0.7, 4)
    _map_axes(axes, panel, results.releases)


def _squares(kinds: Mapping[Pair, str], releases: Releases) -> dict[str, list[tuple[int, int]]]:
    """Return the squares of a map, column and row, by kind of result."""
    squares: dict[str, list[tuple[int, int]]] = {}
    for row, saver in enumerate(releases.ids):
        for column, loader in enumerate(releases.ids):
            name = kinds.get((saver, loader), "missing")
            squares.setdefault(name, []).append((column, row))
    return squares


def _line(results: Results) -> list[Look]:
    """Explain the border lines, if there are any."""
    majors = list(dict.fromkeys(major for major in results.majors.values() if major))
    names = " to ".join(f"Keras {major}" for major in majors)
    lines = Look(f"dark lines: from {names}", "#ffffff", "plus", edge="#ffffff")
    return [lines] if len(majors) > 1 else []


def _rules(
    axes: Axes, ends: Sequence[float], size: int, colour: str, width: float, zorder: float
) -> None:
    low, high = -0.5, size - 0.5
    across = [[(low, end), (high, end)] for end in ends]
    down = [[(end, low), (end, high)] for end in ends]
    if ends:
        outline(axes, lines(*across, *down), colour, width, zorder)


def _borders(results: Results) -> list[float]:
    """Return the edges between one major version of Keras and the next."""
    steps = enumerate(pairwise(results.majors[release] for release in results.releases.ids))
    return [index + 0.5 for index, (before, after) in steps if before != after]


def _map_axes(axes: Axes, panel: Panel, releases: Releases) -> None:
    size = len(releases)
    labels = [releases.label(release) for release in releases.ids]
    axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5))
    axes.set_xticks(range(size), labels, rotation=_turn(labels), size=6.5)
    axes.set_yticks(range(size), labels, size=6.5)
    axes.tick_params(length=0, pad=2, colors=INK)
    axes.set_xlabel(f"loaded with {releases.product}", labelpad=2)
    position: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    axes.annotate(panel.title, (0, 1), (0, 14), size=9, weight="bold", color=INK, **position)
    axes.annotate(panel.note, (0, 1), (0, 4), color=GREY, **position)


def _turn(labels: Sequence[str]) -> int:
    return 90 if len(labels) > 8 or max(map(len, labels)) > 5 else 0


# --- scenario by release

VERDICTS = [name for name in STACKED if name != "none"]


LINE = 0.155
"""Inches; the height of a scenario's row."""
NAMES = 2.15
"""Inches; the width that the names of scenarios take."""


def strips(results: Results, scenarios: Sequence[str]) -> Figure:
    """Draw a row per scenario and a column per release, in each the shares of the verdicts."""
    head, foot, size = 0.85, 3 * LEGEND_ROW + 0.45, len(results.releases)
    height = head + len(scenarios) * LINE + foot
    figure = Figure(figsize=(WIDTH, height))
    title = f"The verdicts on each scenario, by {results.releases.product} release"
    heading(
        figure,
        title,
        "Each release loads its own files. A square is filled by the shares of its loads.",
    )
    box = (NAMES / WIDTH, foot / height, 1 - (NAMES + MARGIN) / WIDTH, 1 - (head + foot) / height)
    axes = figure.add_axes(box)
    parts: dict[str, list[Path]] = {}
    for row, scenario in enumerate(scenarios):
        for column, release in enumerate(results.releases.ids):
            for name, low, high in _parts(results, scenario, release):
                left, right = (column - 0.46 + 0.92 * part for part in (low, high))
                parts.setdefault(name, []).append(rectangle(left, row - 0.4, right, row + 0.4))
    for name, rectangles in parts.items():
        fill(axes, STACKED[name], Path.make_compound_path(*rectangles), [], 0)
    labels = [results.releases.label(release) for release in results.releases.ids]
    axes.set(xlim=(-0.5, size - 0.5), ylim=(len(scenarios) - 0.5, -0.5))
    axes.set_xticks(range(size), labels, size=6.5)
    axes.set_yticks(range(len(scenarios)), scenarios, size=6.5)
    axes.tick_params(length=0, pad=3, colors=INK, labeltop=True)
    axes.spines[:].set_visible(False)
    legend(figure, list(STACKED.values()), 0.1)
    return figure


def _parts(results: Results, scenario: str, release: str) -> Iterator[tuple[str, float, float]]:
    """Yield the beginning and the end of each verdict's part of a square, from 0 to 1."""
    cells = [cell for cell in results.scenarios[scenario] if cell.pair == (release, release)]
    verdicts = [cell.verdict for cell in cells if cell.verdict in VERDICTS]
    if not verdicts:
        yield "none", 0.0, 1.0
    low = 0.0
    for name in VERDICTS:
        if name in verdicts:
            high = low + verdicts.count(name) / len(verdicts)
            yield name, low, high
            low = high
