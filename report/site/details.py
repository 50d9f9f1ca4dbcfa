"""Write the whole rows of a scenario's cells, each long text once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from report.read.cells import Cell, Results

PATH = ("cell", "scenario", "case", "format", "api", "saved_with", "loaded_with")
"""The columns that an id contains."""


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
