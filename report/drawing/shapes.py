"""Draws results as colours and marks, and writes figures as files.

Colours differ in lightness, for readers who cannot distinguish hues and for grey paper. The marks
repeat the same information.
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
"""Metadata that would differ between two builds."""
INK = "#222222"
GREY = "#444444"
MARGIN = 0.15
LEGEND_ROW = 0.19
"""Inches."""


@dataclass(frozen=True)
class Look:
    """The look of one kind of result: its legend, its colour, its mark and the mark's colour."""

    label: str
    colour: str
    mark: str = ""
    ink: str = INK
    edge: str = "#999999"
    hatch: str = ""


LOOKS = {
    "every": Look("every model loads as saved", "#bfe0f2"),
    "works": Look("loads as saved", "#bfe0f2"),
    "refused": Look("rejected, as it should be", "#7fb8a4", "ring"),
    "some": Look("some models load, others fail", "#f3b53f", "slash", "#7a4b00"),
    "none": Look("no model loads", "#b8401c", "cross", "#ffffff"),
    "error": Look("raises an error", "#b8401c", "cross", "#ffffff"),
    "timeout": Look("never returns", "#8c2d52", "hourglass", "#ffffff"),
    "crash": Look("the process dies", "#8c2d52", "plus", "#ffffff"),
    "out_of_memory": Look("out of memory", "#8c2d52", "dash", "#ffffff"),
    "silent": Look(
        "silently wrong: no error, but not the saved model", "#111111", "dot", "#ffffff"
    ),
    "not_saved": Look("could not be saved", "#e4e4e4", "dash", "#777777"),
    "skipped": Look("not run: does not apply, or is not available", "#f6f6f6"),
    "harness_error": Look("not measured", "#ffffff", "slash", "#bbbbbb"),
    "missing": Look("not measured", "#ffffff", "slash", "#bbbbbb"),
}
"""Every kind of result, in the order of the legend."""

STACKED = {
    "works": LOOKS["works"],
    "refused": Look("rejected, as it should be", "#7fb8a4"),
    "broken": Look(
        "fails: an error where it should load, a crash or no answer", "#b8401c", hatch="////"
    ),
    "silent": Look("silently wrong: no error, but not the saved model, or not rejected", "#111111"),
    "none": Look("no load: not run, not saved, or does not apply", "#f3f3f3"),
}
"""The verdicts, in the order in which they fill a square."""


# --- paths: one compound path for all squares of a kind keeps the files small

Point = tuple[float, float]


def lines(*strokes: Sequence[Point]) -> Path:
    """Join strokes into one path."""
    return Path.make_compound_path(*(Path(list(stroke)) for stroke in strokes))


def rectangle(left: float, top: float, right: float, bottom: float) -> Path:
    """Outline a rectangle."""
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return Path(corners, closed=True)


def at(shape: Path, points: Iterable[Point]) -> Path:
    """Repeat a shape at some points."""
    moved = (Affine2D().translate(x, y).transform_path(shape) for x, y in points)
    return Path.make_compound_path(*moved)


def bars(squares: Iterable[tuple[int, int]]) -> Path:
    """Cover squares with rectangles, one for each unbroken stretch of a row."""
    covered, rectangles = set(squares), []
    for x, y in sorted(covered):
        if (x - 1, y) not in covered:
            end = x
            while (end + 1, y) in covered:
                end += 1
            rectangles.append(rectangle(x - 0.5, y - 0.5, end + 0.5, y + 0.5))
    return Path.make_compound_path(*rectangles)


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
    """Colour an area as its result looks, and put its mark on some points."""
    edge: dict[str, Any] = {"edgecolor": "white", "hatch": look.hatch} if look.hatch else {}
    axes.add_patch(PathPatch(area, facecolor=look.colour, linewidth=0, **edge))
    if look.mark:
        path = at(MARKS[look.mark], marks)
        inside = look.ink if look.mark == "dot" else "none"
        patch = PathPatch(path, facecolor=inside, edgecolor=look.ink, linewidth=width, zorder=3)
        axes.add_patch(patch)


def legend(figure: Figure, looks: Sequence[Look], bottom: float, columns: int = 2) -> None:
    """Write the meaning of the looks, in columns that begin `bottom` inches above the foot."""
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
    """Write the title and subtitle of a figure."""
    width, height = figure.get_size_inches()
    left = MARGIN / width
    figure.text(left, 1 - 0.12 / height, title, size=12, weight="bold", va="top", color=INK)
    figure.text(left, 1 - 0.40 / height, subtitle, size=8, va="top", color=GREY)


def encode(figure: Figure, form: str) -> bytes:
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
