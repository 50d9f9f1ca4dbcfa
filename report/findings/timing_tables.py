"""Makes the rows of the tables on the page of the timings, as texts that the template writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from report.drawing.lines import LOADS, NAMES, named
from report.read.timings import Timings

Row = dict[str, Any]

WAY = ["format", "api"]
FITTED = ("exponent", "low", "high")
WIDEST = 2.0
"""Widest interval of an exponent that the page shows; a wider interval says nothing."""


def seconds(value: float) -> str:
    """Write a time to two digits that count."""
    if value != value:
        return ""
    for size, unit in ((1.0, "s"), (1e-3, "ms")):
        if value >= size:
            return f"{_two(value / size)} {unit}"
    return f"{_two(value * 1e6)} µs"


def size(value: float) -> str:
    """Write a number of bytes to two digits that count."""
    if value != value:
        return ""
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if abs(value) >= unit:
            return f"{_two(value / unit)} {name}"
    return f"{value:.0f} B"


def times(value: float) -> str:
    """Write a ratio to two digits that count."""
    return "" if value != value else f"{_two(value)} ×"


def change(value: float) -> str:
    """Write a ratio as a change (`+12 %`), or as a factor if it is large."""
    if value >= 2 or value <= 0.5:
        return f"{_two(value)} × as long"
    return f"{100 * (value - 1):+.0f} %"


def _two(value: float) -> str:
    """Write a number to two digits that count, without an exponent."""
    digits = 0 if abs(value) >= 10 else 1 if abs(value) >= 1 else 2
    return f"{round(float(f'{value:.2g}'), digits) + 0.0:.{digits}f}"  # and never "-0.00"


def newest(timings: Timings) -> list[str]:
    """Return the last release of each major version of Keras."""
    versions = timings.origin.get("keras", {})
    last_releases: dict[str, str] = {}
    for release in timings.releases.ids:
        last_releases[versions.get(release, "").partition(".")[0]] = release
    return timings.releases.sort(last_releases.values())


def costs(timings: Timings, release: str) -> Iterator[Row]:
    """Yield each way to load in a release: for each size the ranges over kinds of model."""
    loads = timings.loads[timings.loads["environment"] == release]
    for load in LOADS:
        rows = loads[(loads["format"] == load[0]) & (loads["api"] == load[1])]
        if len(rows):
            yield {
                "way": named(*load),
                "cells": [_range(rows[rows["size"] == size_name]) for size_name in timings.sizes],
            }


def _range(rows: pd.DataFrame) -> str:
    """Write the range over kinds of model: of times, and of ratios to the raw read time."""
    if rows.empty:
        return ""
    low, high = rows["median_s"].min(), rows["median_s"].max()
    least, most = rows["ratio_to_floor"].min(), rows["ratio_to_floor"].max()
    return f"{_span(seconds(low), seconds(high))} ({_span(_two(least), _two(most))} ×)"


def _span(low: str, high: str) -> str:
    """Write a range; a shared unit stands once."""
    if low == high:
        return low
    head, _, unit = low.partition(" ")
    shared = unit and unit == high.partition(" ")[2]
    return f"{head if shared else low}–{high}"


def first_loads(timings: Timings) -> Iterator[Row]:
    """Compare the first load of a process with later loads, way by way: medians over rows."""
    loads = timings.loads.dropna(subset=["first_s"])
    loads = loads.assign(
        more=loads["first_s"] - loads["median_s"], ratio=loads["first_s"] / loads["median_s"]
    )
    for load in LOADS:
        rows = loads[(loads["format"] == load[0]) & (loads["api"] == load[1])]
        if len(rows):
            quartiles = rows["ratio"].quantile([0.25, 0.5, 0.75])
            yield {
                "way": named(*load),
                "rows": len(rows),
                "more": seconds(float(rows["more"].median())),
                "ratio": times(float(quartiles[0.5])),
                "span": f"{_two(quartiles[0.25])}–{_two(quartiles[0.75])}",
            }


def cold_loads(timings: Timings) -> Iterator[Row]:
    """Compare cold loads with warm ones of the same file, way by way."""
    keys = ["case", "environment", *WAY]
    both = timings.cold.merge(timings.loads, on=keys, suffixes=("_cold", "_warm"))
    for load in LOADS:
        rows = both[(both["format"] == load[0]) & (both["api"] == load[1])]
        if len(rows):
            yield {
                "way": named(*load),
                "rows": len(rows),
                "warm": seconds(float(rows["median_s_warm"].median())),
                "cold": seconds(float(rows["median_s_cold"].median())),
                "raw_read": seconds(float(rows["floor_s_cold"].median())),
                "ratio": times(float((rows["median_s_cold"] / rows["median_s_warm"]).median())),
            }


def saves(timings: Timings, release: str) -> Iterator[Row]:
    """Yield each way to save in a release: for each size the ranges over kinds of model."""
    saves = timings.saves[timings.saves["environment"] == release]
    for save in NAMES:
        rows = saves[(saves["format"] == save[0]) & (saves["api"] == save[1])]
        if len(rows):
            cells = [_range(rows[rows["size"] == size_name]) for size_name in saved_sizes(timings)]
            yield {"way": named(*save), "cells": cells}


def saved_sizes(timings: Timings) -> list[str]:
    """Return the sizes of the models whose saves were timed."""
    saved = set(timings.saves["size"])
    return [size_name for size_name in timings.sizes if size_name in saved]


def memory(timings: Timings) -> Iterator[Row]:
    """Yield each way to load: peak memory above a raw read's, in multiples of the file."""
    large = timings.loads[timings.loads["size"] == _largest(timings)].dropna(
        subset=["peak_over_floor_bytes"]
    )
    large = large.assign(times=large["peak_over_floor_bytes"] / large["file_bytes"])
    for load in LOADS:
        rows = large[(large["format"] == load[0]) & (large["api"] == load[1])]
        if len(rows):
            by_release = rows.groupby("environment")["times"].median()
            yield {
                "way": named(*load),
                "median": times(float(by_release.median())),
                "least": _at(timings, by_release, str(by_release.idxmin())),
                "most": _at(timings, by_release, str(by_release.idxmax())),
            }


def _at(timings: Timings, values: pd.Series, release: str) -> str:
    return f"{_two(values[release])} ({timings.releases.label(release)})"


def _largest(timings: Timings) -> str:
    return [size_name for size_name in timings.sizes if size_name != "huge"][-1]


def exponents(timings: Timings) -> Iterator[Row]:
    """Yield each way to load: its exponents of time and memory in its newest release."""
    table = timings.scaling
    for load in LOADS:
        rows = table[(table["format"] == load[0]) & (table["api"] == load[1])]
        measured = set(rows["environment"]) & set(timings.releases.ids)
        if measured:
            release = timings.releases.sort(measured)[-1]
            rows = rows[rows["environment"] == release].set_index(["measure", "against"])
            yield {
                "way": named(*load),
                "release": timings.releases.label(release),
                "cells": [
                    _exponent(rows, measure, against)
                    for measure in ("median_s", "peak_over_floor_bytes")
                    for against in ("parameters", "layers", "file_bytes")
                ],
            }


def _exponent(rows: pd.DataFrame, measure: str, against: str) -> str:
    if (measure, against) not in rows.index:
        return ""
    mean, low, high = (float(rows[column][measure, against]) for column in FITTED)
    if high - low > WIDEST:
        return "not known"
    return f"{mean:.2f} ({low:.2f} to {high:.2f})"


def changes(timings: Timings) -> Iterator[Row]:
    """Yield each way to load or save that a release made faster or slower.

    A way counts as changed if it changed in one direction for most kinds of model.
    """
    table = timings.changes[timings.changes["cache"] == "warm"]
    positions = timings.releases.positions
    for (before, after, form, api), rows in table.groupby(["before", "after", *WAY], sort=False):
        changed = rows[rows["changed"]]
        for direction in (changed[changed["ratio"] > 1], changed[changed["ratio"] < 1]):
            if 2 * len(direction) > len(rows):
                yield {
                    "order": (positions.get(str(after), 0), str(form)),
                    "before": timings.releases.label(str(before)),
                    "after": timings.releases.label(str(after)),
                    "way": named(str(form), str(api)),
                    "kinds": f"{len(direction)} of {len(rows)}",
                    "median": change(float(direction["ratio"].median())),
                    "span": _span_of_changes(direction["ratio"]),
                    "reason": _reason(direction["reason"]),
                }


def _span_of_changes(ratios: pd.Series) -> str:
    return f"{change(float(ratios.min()))} to {change(float(ratios.max()))}"


def _reason(reasons: pd.Series) -> str:
    """Name the differences that most rows share; different sizes of files are named in words."""
    parts = reasons.fillna("").str.split("; ").explode()
    words = parts.where(~parts.str.startswith("files "), "the size of the files")
    counts = words[words != ""].value_counts()
    shared = [str(reason) for reason in counts.index if 2 * counts[reason] > len(reasons)]
    return ", ".join(shared)


def trial(timings: Timings) -> list[Row]:
    """Return the number of found slowdowns by planted slowdown, the largest first.

    The last row counts false alarms: comparisons, and single rows, of controls without a slowdown.
    """
    if not timings.trial:
        return []
    controls = pd.DataFrame(timings.trial["controls"])
    counts = ["found", "tried", "alarms", "comparisons", "row_alarms", "rows"]
    sums = controls.groupby("slower")[counts].sum()
    return [
        {"slower": slower, "found": planted["found"], "of": planted["tried"]}
        if slower
        else {
            "slower": slower,
            "found": planted["alarms"],
            "of": planted["comparisons"],
            "row_alarms": planted["row_alarms"],
            "rows": planted["rows"],
        }
        for slower, planted in sums.sort_index(ascending=False).iterrows()
    ]


def imports(timings: Timings) -> Iterator[Row]:
    """Yield each environment with the time of importing TensorFlow."""
    by_environment = timings.imports.set_index("environment")
    for name in timings.releases.positions:
        if name in by_environment.index:
            yield {
                "release": timings.releases.label(name),
                "wall": seconds(float(by_environment["import_s"][name])),
                "cpu": seconds(float(by_environment["cpu_s"][name])),
            }


def untimed(timings: Timings) -> Iterator[Row]:
    """Yield the loads and saves that could not be timed, with the releases that share a reason."""
    columns = [*WAY, "outcome", "reason"]
    for key, rows in timings.untimed.fillna("").groupby(columns, sort=True):
        form, api, outcome, reason = map(str, key)
        yield {
            "way": named(form, api) if form else "everything",
            "releases": timings.releases.intervals(set(rows["environment"])),
            "outcome": outcome.replace("_", " "),
            "reason": reason,
        }
