"""Returns the rows of the timings for the page's figure, with the line of each call."""

from __future__ import annotations

from typing import Any

import pandas as pd

from report.drawing.lines import named, of_load
from report.read.timings import Timings

COLUMNS = (
    *("environment", "family", "size", "format", "api", "cache", "rounds", "parameters"),
    *("median_s", "ci_low_s", "ci_high_s", "ratio_to_floor", "ratio_low", "ratio_high"),
    *("first_s", "floor_s", "peak_over_floor_bytes", "stable"),
)
STROKES = {"-": "solid", "--": "dash", "-.": "dashdot", ":": "dot"}
MARKS = {
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "D": "diamond",
    "v": "triangle-down",
    "P": "cross",
    "X": "x",
}
DIGITS = 4
"""Significant digits, because times are no more exact."""


def timed(timings: Timings) -> dict[str, Any]:
    """Return rows of values, the names of their columns, and the values to choose from."""
    rows = timings.rows
    calls = [tuple(call) for call in rows[["format", "api"]].drop_duplicates().to_numpy()]
    releases = timings.releases
    return {
        "columns": list(COLUMNS),
        "rows": [[_value(value) for value in row] for row in rows[list(COLUMNS)].to_numpy()],
        "environments": releases.sort(rows["environment"].unique()),
        "variants": list(releases.variants),
        "families": list(timings.kinds),
        "sizes": list(timings.sizes),
        "ways": [_line(form, api) for form, api in sorted(calls)],
    }


def _value(value: Any) -> Any:
    """Return a value for JSON: null for NaN, and significant digits only."""
    if pd.isna(value):
        return None
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    return value.item() if hasattr(value, "item") else value


def _line(form: str, api: str) -> dict[str, str]:
    line = of_load(form, api)
    return {
        "format": form,
        "api": api,
        "name": named(form, api),
        "colour": line.colour,
        "stroke": STROKES[line.stroke],
        "mark": MARKS[line.mark],
    }
