"""Write the cells for the pages: as columns to filter a hundred thousand of them, and row by row.

Each column lists its values once, in natural order, and a code for each cell, as sixteen bits in
base64. Codes are in the order of the values, so the page sorts a column by comparing numbers.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from report.read.cells import Cell, Results, in_format_order
from results.contract.cells import OUTCOMES, VERDICTS
from results.releases import Releases, natural

SHOWN = (
    *("scenario", "case", "cause", "format", "api", "saved_with", "loaded_with"),
    *("outcome", "verdict", "error_family", "error_type", "phase", "differs"),
)
"""The columns of the filters and the list, in their order on the page."""
PATH = ("cell", "scenario", "case", "format", "api", "saved_with", "loaded_with")
"""The columns that an id contains."""


def columns(cells: Sequence[Cell], releases: Releases) -> dict[str, Any]:
    """Return `values` and `codes` of each column, and the number of cells."""
    written = {}
    for name in SHOWN:
        texts = [getattr(cell, name) for cell in cells]
        values = _ordered(name, set(texts), releases)
        code_of = {value: code for code, value in enumerate(values)}
        codes = np.array([code_of[text] for text in texts], dtype="<u2")
        written[name] = {"values": values, "codes": base64.b64encode(codes.tobytes()).decode()}
    return {"count": len(cells), "columns": written}


def _ordered(name: str, values: Iterable[str], releases: Releases) -> list[str]:
    """Put the values of a column into the order that a reader expects."""
    distinct = set(values)
    if name in ("saved_with", "loaded_with"):
        return ([""] if "" in distinct else []) + releases.sort(distinct - {""})
    orders = {"outcome": OUTCOMES, "verdict": VERDICTS}
    if name in orders:
        return [value for value in orders[name] if value in distinct]
    if name == "format":
        return in_format_order(distinct)
    return sorted(distinct, key=natural)


def details(cells: Sequence[Cell], results: Results) -> dict[str, Any]:
    """Return the question of a scenario and its cells, each as numbers of `texts` by `keys`."""
    keys = [key for key in asdict(cells[0]) if key not in PATH]
    texts: dict[str, int] = {"": 0}
    rows = {
        cell.cell: [texts.setdefault(getattr(cell, key), len(texts)) for key in keys]
        for cell in cells
    }
    question = results.question(cells[0].scenario)
    return {"question": question, "keys": keys, "texts": list(texts), "cells": rows}
