"""Draws the figures of the timings.

Every figure names its comparison and the number of rounds; no figure needs colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from report.drawing.lines import LOADS, STYLES, Line, named, of_load
from report.drawing.shapes import GREY, INK, MARGIN, STYLE, SVG, encode, heading
from report.read.timings import Timings

WIDTH = 9.375
"""Inches: 900 px."""
COLUMNS = 2
ROW, HEAD, FOOT = 2.15, 0.72, 0.55
"""Inches: height of a panel with its labels, of the heading, of the legend."""
MARKS = (
    (5, (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0)),
    (40, (1.0, 2.0, 5.0)),
    (float("inf"), (1.0,)),
)
"""Labelled parts of a power of ten, by the largest ratio of an axis' upper to its lower end."""
PARTS = {
    "reading": ("#222222", ""),
    "building": ("#9fbfd6", "////"),
    "assigning": ("#f3b53f", "...."),
    "other": ("#e4e4e4", ""),
}


def draw(timings: Timings, form: str = SVG) -> dict[str, bytes]:
    """Draw every figure: file name and content."""
    with mpl.rc_context(STYLE):
        return {
            f"timings-{name}.{form}": encode(figure, form) for name, figure in _figures(timings)
        }


def _figures(timings: Timings) -> Iterator[tuple[str, Figure]]:
    yield "formats", formats(timings)
    yield "ratio", ratio(timings)
    yield "scaling", scaling(timings)
    if len(timings.control):
        yield "control", control(timings)
    if len(timings.profile):
        yield "profile", profile(timings)


def note_on_rounds(timings: Timings) -> str:
    """Return the sentence on the number of rounds."""
    rounds = timings.loads["rounds"]
    low, high = int(rounds.min()), int(rounds.max())
    spread = f"{low}" if low == high else f"{low} to {high}"
    return f"Medians over {spread} rounds, bars: 95 % intervals."


# --- panels, axes and lines


def _panels(count: int, title: str, subtitle: str, foot: float = FOOT) -> tuple[Figure, list[Axes]]:
    """Return a figure with `count` panels in two columns under a heading, above a legend."""
    rows = -(-count // COLUMNS)
    height = HEAD + rows * ROW + foot
    figure = Figure(figsize=(WIDTH, height))
    heading(figure, title, subtitle)
    left, gap, under, over = 0.62, 0.62, 0.42, 0.22
    wide = (WIDTH - left - MARGIN - (COLUMNS - 1) * gap) / COLUMNS
    panels = []
    for number in range(count):
        down, across = divmod(number, COLUMNS)
        x, top = left + across * (wide + gap), HEAD + down * ROW + over
        tall = ROW - under - over
        box = (x / WIDTH, (height - top - tall) / height, wide / WIDTH, tall / height)
        axes = figure.add_axes(box)
        axes.tick_params(length=2, pad=2, colors=INK, labelsize=6.5)
        axes.grid(axis="y", color="#dddddd", linewidth=0.5)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        panels.append(axes)
    return figure, panels


def _title(axes: Axes, text: str, note: str = "") -> None:
    axes.set_title(text, loc="left", size=8.5, weight="bold", color=INK, pad=4)
    if note:
        axes.set_title(note, loc="right", size=7, color=GREY, pad=4)


def _log(axes: Axes, axis: str, label: str, write: FuncFormatter) -> None:
    scale = {"x": axes.set_xscale, "y": axes.set_yscale}[axis]
    scale("log")
    scale_axis = {"x": axes.xaxis, "y": axes.yaxis}[axis]
    low, high = {"x": axes.get_xlim, "y": axes.get_ylim}[axis]()
    marks = next(marks for span, marks in MARKS if high / low < span)
    scale_axis.set_major_locator(LogLocator(base=10, subs=marks, numticks=12))
    scale_axis.set_major_formatter(write)
    scale_axis.set_minor_formatter(NullFormatter())
    axes.set(**{f"{axis}label": label})
    scale_axis.label.set_color(GREY)


def _seconds(value: float, _: int | None = None) -> str:
    return f"{value:g} s" if value >= 1 else f"{value * 1000:g} ms"


def _times(value: float, _: int | None = None) -> str:
    return f"{value:g} ×"


def _count(value: float, _: int | None = None) -> str:
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{float(f'{value / size:.3g}'):g}{letter}"
    return f"{value:g}"


def _legend(figure: Figure, lines: Sequence[tuple[str, Line]]) -> None:
    handles = [mpl.lines.Line2D([], [], label=label, **line.drawn) for label, line in lines]
    figure.legend(
        handles=handles,
        ncols=min(4, len(handles)),
        frameon=False,
        fontsize=7.5,
        handlelength=3.2,
        loc="lower left",
        bbox_to_anchor=(MARGIN / WIDTH, 0.004),
    )


def _by_release(timings: Timings, axes: Axes) -> None:
    releases = timings.releases
    axes.set_xlim(-0.5, len(releases) - 0.5)
    labels = [releases.label(release) for release in releases.ids]
    axes.set_xticks(range(len(releases)), labels, rotation=90 if len(labels) > 12 else 0, size=6.5)


def _line(
    axes: Axes,
    timings: Timings,
    rows: pd.DataFrame,
    line: Line,
    columns: tuple[str, str, str],
) -> None:
    """Draw a line over releases with its intervals; a release without a row breaks it."""
    by_release = rows.set_index("environment")
    value, low, high = (
        np.array(
            [by_release[column].get(release, np.nan) for release in timings.releases.ids],
            dtype=float,
        )
        for column in columns
    )
    x = np.arange(len(value))
    axes.plot(x, value, **line.drawn)
    present = ~np.isnan(value)
    axes.vlines(x[present], low[present], high[present], color=line.colour, linewidth=0.7)


# --- the figures


def formats(timings: Timings) -> Figure:
    """Draw the time of each way to load, release by release, for models of each size."""
    kind = _typical(timings)
    sizes = [timed for timed in timings.sizes if timed != "huge"]
    subtitle = (
        f"{timings.description(kind).capitalize()} ({kind}), file in the page cache, later loads "
        f"of a process. {note_on_rounds(timings)}"
    )
    figure, panels = _panels(len(sizes), "How long a load takes, by way to load", subtitle)
    rows = timings.loads[timings.loads["family"] == kind]
    for axes, size in zip(panels, sizes, strict=True):
        of_size = rows[rows["size"] == size]
        for form, api in LOADS:
            timed = of_size[(of_size["format"] == form) & (of_size["api"] == api)]
            if len(timed):
                columns = ("median_s", "ci_low_s", "ci_high_s")
                _line(axes, timings, timed, of_load(form, api), columns)
        _title(axes, size, f"{_count(float(of_size['parameters'].median()))} parameters")
        _by_release(timings, axes)
        _log(axes, "y", "", FuncFormatter(_seconds))
    _legend(figure, [(named(*load), of_load(*load)) for load in _ways(timings)])
    return figure


def ratio(timings: Timings) -> Figure:
    """Draw the ratio of each load to its raw read time, release by release."""
    ways, size = _ways(timings), _middle(timings)
    subtitle = (
        "Raw read time: h5py, zipfile or plain reads read the same bytes into arrays. "
        f"{size.capitalize()} models. {note_on_rounds(timings)}"
    )
    figure, panels = _panels(len(ways), "A load as a multiple of its raw read time", subtitle)
    rows = timings.loads[timings.loads["size"] == size]
    lines = dict(zip(timings.kinds, STYLES, strict=False))
    for axes, (form, api) in zip(panels, ways, strict=True):
        timed = rows[(rows["format"] == form) & (rows["api"] == api)]
        for kind, line in lines.items():
            columns = ("ratio_to_floor", "ratio_low", "ratio_high")
            _line(axes, timings, timed[timed["family"] == kind], line, columns)
        _title(axes, named(form, api))
        _by_release(timings, axes)
        _log(axes, "y", "", FuncFormatter(_times))
    _legend(figure, list(lines.items()))
    return figure


def scaling(timings: Timings) -> Figure:
    """Draw time against parameters, in the newest release that has each way to load."""
    ways = _ways(timings)
    subtitle = f"In the newest release that has the way to load. {note_on_rounds(timings)}"
    figure, panels = _panels(len(ways), "How the time of a load grows with the model", subtitle)
    lines = dict(zip(timings.kinds, STYLES, strict=False))
    for axes, (form, api) in zip(panels, ways, strict=True):
        rows = timings.loads[(timings.loads["format"] == form) & (timings.loads["api"] == api)]
        newest = timings.releases.sort(set(rows["environment"]) & set(timings.releases.ids))[-1]
        rows = rows[rows["environment"] == newest]
        for kind, line in lines.items():
            timed = rows[rows["family"] == kind].sort_values("parameters")
            axes.plot(timed["parameters"], timed["median_s"], **line.drawn)
            axes.vlines(
                timed["parameters"],
                timed["ci_low_s"],
                timed["ci_high_s"],
                color=line.colour,
                linewidth=0.7,
            )
        _title(axes, named(form, api), f"TensorFlow {timings.releases.label(newest)}")
        _log(axes, "x", "parameters", FuncFormatter(_count))
        _log(axes, "y", "", FuncFormatter(_seconds))
    _legend(figure, list(lines.items()))
    return figure


def control(timings: Timings) -> Figure:
    """Draw the differences between each environment and its controls."""
    plain = timings.control[timings.control["api"].str.startswith("load")]
    names = sorted(plain["control"].unique(), key=lambda name: (_slower(plain, name), name))
    subtitle = (
        "Each mark: one kind of model and way to load, in the order of the differences. "
        "Bars: 95 % intervals. Filled marks count as different."
    )
    title = "Differences between an environment and its controls"
    figure, panels = _panels(len(names), title, subtitle, foot=0.0)
    for axes, name in zip(panels, names, strict=True):
        comparisons = (
            plain[plain["control"] == name].sort_values("difference").reset_index(drop=True)
        )
        low, high = (
            np.expm1(comparisons["difference"] + side * comparisons["reach"]) for side in (-1, 1)
        )
        axes.vlines(comparisons.index, 100 * low, 100 * high, color="#999999", linewidth=0.6)
        differs = comparisons["p"] < 0.05
        for chosen, fill in ((differs, "#111111"), (~differs, "#ffffff")):
            axes.scatter(
                comparisons.index[chosen],
                100 * np.expm1(comparisons["difference"][chosen]),
                s=7,
                facecolor=fill,
                edgecolor="#111111",
                linewidth=0.5,
                zorder=3,
            )
        slower = 100 * _slower(plain, name)
        axes.axhline(slower, color="#b8401c", linewidth=0.8, linestyle="--")
        words = f"made {slower:g} % slower" if slower else "no planted slowdown"
        _title(axes, name, f"{words}: {int(differs.sum())} of {len(comparisons)} differ")
        axes.set_ylabel("difference, %", color=GREY)
        axes.set_xticks([])
        reach = max(12.0, float(np.nanpercentile(np.abs([100 * low, 100 * high]), 97)))
        axes.set_ylim(-reach, reach)
    return figure


def profile(timings: Timings) -> Figure:
    """Draw the parts of the time of the slowest load of each way."""
    ways = [load for load in _ways(timings) if _profiled(timings, load)]
    subtitle = "The slowest load of each release, sampled a thousand times a second."
    figure, panels = _panels(len(ways), "Where the time of a slow load goes", subtitle)
    for axes, load in zip(panels, ways, strict=True):
        profiled = timings.profile[
            (timings.profile["format"] == load[0]) & (timings.profile["api"] == load[1])
        ].set_index("environment")
        ids = timings.releases.ids
        bottom = np.zeros(len(ids))
        for part, (colour, hatch) in PARTS.items():
            height = np.array([100 * profiled[part].get(release, 0.0) for release in ids])
            axes.bar(
                range(len(ids)),
                height,
                0.8,
                bottom,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0,
            )
            bottom += height
        _title(axes, named(*load))
        _by_release(timings, axes)
        axes.set_ylim(0, 100)
        axes.set_ylabel("% of the load", color=GREY)
    handles = [
        mpl.patches.Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0, label=part)
        for part, (colour, hatch) in PARTS.items()
    ]
    corner = (MARGIN / WIDTH, 0.004)
    figure.legend(
        handles=handles,
        ncols=4,
        frameon=False,
        fontsize=7.5,
        loc="lower left",
        bbox_to_anchor=corner,
    )
    return figure


# --- the choice of rows


def _ways(timings: Timings) -> list[tuple[str, str]]:
    """Return the timed ways to load."""
    timed = set(zip(timings.loads["format"], timings.loads["api"], strict=True))
    return [load for load in LOADS if load in timed]


def _profiled(timings: Timings, load: tuple[str, str]) -> bool:
    samples = timings.profile
    return bool(((samples["format"] == load[0]) & (samples["api"] == load[1])).any())


def _typical(timings: Timings) -> str:
    """Return the kind of model that a figure of one kind shows: convolutions, if timed."""
    return "convolutional" if "convolutional" in timings.kinds else timings.kinds[0]


def _middle(timings: Timings) -> str:
    sizes = [name for name in timings.sizes if name != "huge"]
    return sizes[len(sizes) // 2]


def _slower(control: pd.DataFrame, name: str) -> float:
    return float(control.loc[control["control"] == name, "slower"].iloc[0])
