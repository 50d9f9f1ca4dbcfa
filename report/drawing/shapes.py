"""How is one result drawn?

Every result carries a colour and a mark. The colours differ in lightness for readers who cannot
tell them apart and for grey paper; the marks say the same once more.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

STYLE: dict[Any, Any] = {
    "svg.hashsalt": "keras-load-matrix",
    "pdf.fonttype": 42,  # letters that can be searched for and that journals take
    "svg.fonttype": "path",  # the same letters on every reader's machine, and on paper
    "font.family": ["DejaVu Sans"],
    "font.size": 7.5,
    "axes.linewidth": 0.6,
    "axes.edgecolor": "#444444",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
SVG, PDF = "svg", "pdf"
UNDATED = {SVG: ("Date", "Creator"), PDF: ("CreationDate", "Creator", "Producer")}
"""What a file would tell of when and by what it was written."""
INK = "#222222"
GREY = "#444444"
MARGIN = 0.15
LEGEND_ROW = 0.19
"""Inches."""


@dataclass(frozen=True)
class Look:
    """One kind of result: its words in the legend, its colour, its mark and the mark's colour."""

    label: str
    colour: str
    mark: str = ""
    ink: str = INK
    edge: str = "#999999"
    hatch: str = ""


LOOKS = {
    "every": Look("every model loads as saved", "#bfe0f2"),
    "works": Look("loads as saved", "#bfe0f2"),
    "refused": Look("refused with an error, as it should be", "#7fb8a4", "ring"),
    "some": Look("some models load, others do not", "#f3b53f", "slash", "#7a4b00"),
    "none": Look("no model loads", "#b8401c", "cross", "#ffffff"),
    "error": Look("raises an error", "#b8401c", "cross", "#ffffff"),
    "timeout": Look("never returns (time limit)", "#8c2d52", "hourglass", "#ffffff"),
    "crash": Look("process dies", "#8c2d52", "plus", "#ffffff"),
    "out_of_memory": Look("out of memory", "#8c2d52", "dash", "#ffffff"),
    "silent": Look(
        "silent: loads without an error, but not what was saved", "#111111", "dot", "#ffffff"
    ),
    "not_saved": Look("could not be saved", "#e4e4e4", "dash", "#777777"),
    "skipped": Look("not run: does not apply, or cannot be had", "#f6f6f6"),
    "harness_error": Look("not measured", "#ffffff", "slash", "#bbbbbb"),
    "missing": Look("not measured", "#ffffff", "slash", "#bbbbbb"),
}
"""Every kind of result, in the order of the legend."""

STACKED = {
    "works": LOOKS["works"],
    "refused": Look("refused with an error, as it should be", "#7fb8a4"),
    "broken": Look(
        "broken: an error where it should load, a crash or no answer", "#b8401c", hatch="////"
    ),
    "silent": Look("silent: no error, but not what was saved, or not refused", "#111111"),
    "none": Look("nothing to load: not asked, not saved, or does not apply", "#f3f3f3"),
}
"""The verdicts, in the order in which they fill a cell."""


# --- paths: one compound path for all cells of a kind keeps the files small

Point = tuple[float, float]


def lines(*strokes: Sequence[Point]) -> Path:
    """Join strokes into one path."""
    return Path.make_compound_path(*(Path(list(stroke)) for stroke in strokes))


def rectangle(left: float, top: float, right: float, bottom: float) -> Path:
    """Outline a rectangle."""
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return Path(corners, closed=True)


def at(shape: Path, places: Iterable[Point]) -> Path:
    """Repeat a shape at some places."""
    moved = (Affine2D().translate(x, y).transform_path(shape) for x, y in places)
    return Path.make_compound_path(*moved)


def bars(places: Iterable[tuple[int, int]]) -> Path:
    """Cover cells with rectangles, one for each unbroken stretch of a row."""
    taken, found = set(places), []
    for x, y in sorted(taken):
        if (x - 1, y) not in taken:
            end = x
            while (end + 1, y) in taken:
                end += 1
            found.append(rectangle(x - 0.5, y - 0.5, end + 0.5, y + 0.5))
    return Path.make_compound_path(*found)


_S = 0.22
_CIRCLE = Path.circle(radius=0.8 * _S)
MARKS = {
    "cross": lines([(-_S, -_S), (_S, _S)], [(-_S, _S), (_S, -_S)]),
    "plus": lines([(-_S, 0), (_S, 0)], [(0, -_S), (0, _S)]),
    "dash": lines([(-_S, 0), (_S, 0)]),
    "slash": lines([(-_S, _S), (_S, -_S)]),
    "hourglass": lines([(-_S, -_S), (_S, -_S), (-_S, _S), (_S, _S), (-_S, -_S)]),
    "ring": _CIRCLE,
    "dot": _CIRCLE,
}
SQUARE = rectangle(-0.5, -0.5, 0.5, 0.5)
SWATCH = rectangle(-0.4, -0.4, 0.4, 0.4)


def outline(axes: Axes, path: Path, colour: str, width: float, zorder: float) -> None:
    """Draw a path as lines."""
    patch = PathPatch(path, facecolor="none", edgecolor=colour, linewidth=width, zorder=zorder)
    axes.add_patch(patch)


def fill(axes: Axes, look: Look, area: Path, marks: Iterable[Point], width: float) -> None:
    """Colour an area as a result looks, and put its mark on some places."""
    edge: dict[str, Any] = {"edgecolor": "white", "hatch": look.hatch} if look.hatch else {}
    axes.add_patch(PathPatch(area, facecolor=look.colour, linewidth=0, **edge))
    if look.mark:
        path = at(MARKS[look.mark], marks)
        inside = look.ink if look.mark == "dot" else "none"
        patch = PathPatch(path, facecolor=inside, edgecolor=look.ink, linewidth=width, zorder=3)
        axes.add_patch(patch)


def legend(figure: Figure, looks: Sequence[Look], bottom: float, columns: int = 2) -> None:
    """Write what the looks mean, in columns that begin `bottom` inches above the foot."""
    width, height = figure.get_size_inches()
    rows = -(-len(looks) // columns)
    room = width - 2 * MARGIN
    axes = figure.add_axes(
        (MARGIN / width, bottom / height, room / width, rows * LEGEND_ROW / height)
    )
    axes.set(xlim=(0, room / LEGEND_ROW), ylim=(rows - 0.5, -0.5))
    axes.axis("off")
    for number, look in enumerate(looks):
        column, row = divmod(number, rows)
        x = 0.5 + column * room / LEGEND_ROW / columns
        square = at(SWATCH, [(x, row)])
        fill(axes, look, square, [(x, row)], 0.9)
        outline(axes, square, look.edge, 0.6, 4)
        axes.text(x + 0.8, row, look.label, va="center", color=INK)


def heading(figure: Figure, title: str, subtitle: str) -> None:
    """Write what the figure shows."""
    width, height = figure.get_size_inches()
    left = MARGIN / width
    figure.text(left, 1 - 0.12 / height, title, size=12, weight="bold", va="top", color=INK)
    figure.text(left, 1 - 0.40 / height, subtitle, size=8, va="top", color=GREY)


def written(figure: Figure, form: str) -> bytes:
    """Write a figure as the same bytes each time: undated, an SVG's lines shortened as well."""
    stream = io.BytesIO()
    undated = dict.fromkeys(UNDATED[form])
    figure.savefig(stream, format=form, metadata=undated)
    return _shortened(stream) if form == SVG else stream.getvalue()


def _shortened(stream: io.BytesIO) -> bytes:
    """Write the lines of an SVG to a hundredth of a point."""
    return re.sub(r' d="[^"]*"', _rounded, stream.getvalue().decode("utf-8")).encode("utf-8")


def _rounded(drawn: re.Match[str]) -> str:
    return re.sub(r"(\.\d\d)\d+", r"\1", drawn[0])
