"""Reads a published folder and works out, once, the findings that every product shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report.findings import grids
from report.findings.grids import Grid
from report.products import pages
from report.read import corruption, hostile, timings
from report.read.cells import Results, read
from report.read.corruption import Corruption
from report.read.hostile import Hostile
from report.read.timings import Timings


@dataclass(frozen=True)
class Findings:
    """The results, their grids, the headline's grids, and the variables of the templates.

    Timings, damaged files and forged files are None where the folder has none.
    """

    results: Results
    grids: list[Grid]
    main: list[Grid]
    context: dict[str, Any]
    timings: Timings | None
    corruption: Corruption | None
    hostile: Hostile | None


def find(data: Path) -> Findings:
    """Read a published folder and work out its findings; raise `DataError` for a faulty folder."""
    results = read(data)
    full = grids.find(results)
    main = grids.headline(full)
    return Findings(
        results=results,
        grids=full,
        main=main,
        context=pages.context(results, full, main),
        timings=timings.read(data) if timings.there(data) else None,
        corruption=corruption.read(data) if corruption.there(data) else None,
        hostile=hostile.read(results, data),
    )
