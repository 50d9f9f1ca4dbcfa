"""What do the ends of damaged files look like? Bars that are filled by them, told apart in grey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from report.drawing.shapes import GREY, INK, MARGIN, STYLE, SVG, Look, encode, heading, legend
from report.findings.corruption_tables import total
from report.read.corruption import FLIPPED, NO_ANSWER, Corruption
from report.writing.numbers import number

WIDTH = 9.375
"""Inches: 900 px."""
LOOKS: dict[str, Look] = {
    "refused_damaged": Look("rejected, and the message says: damaged", "#7fb8a4"),
    "refused_misleading": Look(
        "rejected, and the message says something else", "#f3b53f", hatch="////"
    ),
    "none": Look(
        "the process dies, never returns, no memory, or not the same each time",
        "#8c2d52",
        hatch="....",
    ),
    "right": Look("loads as saved", "#bfe0f2"),
    "wrong": Look("silently wrong: loads without an error", "#111111"),
}
BAR, ROW, HEAD, LABELS = 0.72, 0.235, 0.72, 1.5
"""Part of a row that a bar fills; inches of a row, of the heading, of the labels."""
COLUMNS = 2


def draw(corruption: Corruption, form: str = SVG) -> dict[str, bytes]:
    """Draw every figure: file name and content."""
    with mpl.rc_context(STYLE):
        return {
            f"corruption-{name}.{form}": encode(figure, form)
            for name, figure in _figures(corruption)
        }


def _figures(corruption: Corruption) -> Iterator[tuple[str, Figure]]:
    yield "formats", formats(corruption)
    yield "places", places(corruption)


def ends(counts: pd.DataFrame) -> dict[str, int]:
    """Return the ends as they are drawn: those without an answer are one."""
    added = total(counts)
    return {
        name: sum(added[end] for end in NO_ANSWER) if name == "none" else added[name]
        for name in LOOKS
    }


def formats(corruption: Corruption) -> Figure:
    """Draw one bar for each format."""
    rows = {
        name: ends(corruption.counts[corruption.counts["format"] == name])
        for name in corruption.formats
    }
    height = HEAD + len(rows) * ROW * 1.3 + 0.95
    figure = Figure(figsize=(WIDTH, height))
    files = number(total(corruption.counts)["files"])
    heading(
        figure,
        "What becomes of a damaged file",
        f"{files} damaged files, loaded by the release that wrote them; "
        "as many in each kind of place, so that shares are of damages, not of bytes.",
    )
    axes = _axes(figure, 0.0, WIDTH, HEAD, len(rows) * ROW * 1.3)
    _bars(axes, rows)
    legend(figure, list(LOOKS.values()), 0.12, 2)
    return figure


def places(corruption: Corruption) -> Figure:
    """Draw for each format one bar for each kind of place."""
    flips = corruption.counts[corruption.counts["damage"].isin(FLIPPED)]
    panels = {}
    for name in corruption.formats:
        of_format = flips[flips["format"] == name]
        panels[name] = {
            str(part).replace("_", " "): ends(group)
            for part, group in sorted(of_format.groupby("place"))
        }
    tall = [
        max(len(rows) for rows in list(panels.values())[at : at + COLUMNS]) * ROW + 0.55
        for at in range(0, len(panels), COLUMNS)
    ]
    height = HEAD + sum(tall) + 0.65
    figure = Figure(figsize=(WIDTH, height))
    heading(
        figure,
        "Where a file is damaged, and what becomes of it",
        "Bits, bytes and short stretches changed in each kind of place of a small model's file; "
        "all releases together.",
    )
    for index, (name, rows) in enumerate(panels.items()):
        down, across = divmod(index, COLUMNS)
        top = HEAD + sum(tall[:down]) + 0.25
        axes = _axes(figure, across * WIDTH / COLUMNS, WIDTH / COLUMNS, top, len(rows) * ROW)
        axes.set_title(name, loc="left", size=8.5, weight="bold", color=INK, pad=3)
        _bars(axes, rows)
    legend(figure, list(LOOKS.values()), 0.1, 2)
    return figure


def _axes(figure: Figure, x: float, wide: float, top: float, tall: float) -> Axes:
    width, height = figure.get_size_inches()
    box = (
        (x + LABELS) / width,
        (height - top - tall) / height,
        (wide - LABELS - 2 * MARGIN) / width,
        tall / height,
    )
    return figure.add_axes(box)


def _bars(axes: Axes, rows: Mapping[str, Mapping[str, int]]) -> None:
    """Fill a bar for each row by the shares of its ends."""
    names: Sequence[str] = list(rows)
    for at, name in enumerate(names):
        files, start = sum(rows[name].values()) or 1, 0.0
        for end, look in LOOKS.items():
            share = 100 * rows[name][end] / files
            if share:
                edge: dict[str, Any] = {}
                if look.hatch:
                    edge = {"edgecolor": "white", "hatch": look.hatch}
                axes.barh(at, share, BAR, start, color=look.colour, linewidth=0, **edge)
                start += share
    axes.set_yticks(range(len(names)), names)
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 %"])
    axes.set(xlim=(0, 100), ylim=(len(names) - 0.5, -0.5))
    axes.tick_params(length=0, pad=3, colors=INK, labelsize=7)
    axes.tick_params(axis="x", colors=GREY, labelsize=6.5)
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
