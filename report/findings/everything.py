"""What do the published results say, worked out once for all that is made of it?"""

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
    """The results, their grids and the headline's, what templates know; and what is beside them.

    Timings, damaged files, forged files: None where there are none.
    """

    results: Results
    grids: list[Grid]
    main: list[Grid]
    context: dict[str, Any]
    timings: Timings | None
    corruption: Corruption | None
    hostile: Hostile | None


def find(data: Path) -> Findings:
    """Read a published folder and work out what it says; raise `DataError` where it cannot."""
    results = read(data)
    found = grids.find(results)
    main = grids.headline(found)
    return Findings(
        results=results,
        grids=found,
        main=main,
        context=pages.context(results, found, main),
        timings=timings.read(data) if timings.there(data) else None,
        corruption=corruption.read(data) if corruption.there(data) else None,
        hostile=hostile.read(results, data),
    )
