"""How do a hundred thousand cells fit into a page, and how are they filtered at once?

Column by column: each value once, in natural order, and for each cell its number, as sixteen bits
in base64. Where the numbers are in the order of the values, sorting by a column compares numbers.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from report.read.cells import Cell, in_format_order
from results.contract.cells import OUTCOMES, VERDICTS
from results.releases import Releases, natural

SHOWN = (
    *("scenario", "case", "cause", "format", "api", "saved_with", "loaded_with"),
    *("outcome", "verdict", "error_family", "error_type", "phase", "differs"),
)
"""The columns by which cells are filtered and listed, in the order in which they are shown."""


def columns(cells: Sequence[Cell], releases: Releases) -> dict[str, Any]:
    """Return the columns, `values` and `codes` of each, and how many cells there are."""
    found = {}
    for name in SHOWN:
        told = [getattr(cell, name) for cell in cells]
        values = _ordered(name, set(told), releases)
        places = {value: place for place, value in enumerate(values)}
        codes = np.array([places[value] for value in told], dtype="<u2")
        found[name] = {"values": values, "codes": base64.b64encode(codes.tobytes()).decode()}
    return {"count": len(cells), "columns": found}


def _ordered(name: str, values: Iterable[str], releases: Releases) -> list[str]:
    """Put the values of a column into the order in which a reader expects them."""
    some = set(values)
    if name in ("saved_with", "loaded_with"):
        return ([""] if "" in some else []) + releases.sort(some - {""})
    known = {"outcome": OUTCOMES, "verdict": VERDICTS}
    if name in known:
        return [value for value in known[name] if value in some]
    if name == "format":
        return in_format_order(some)
    return sorted(some, key=natural)
