"""What do the published results say, worked out once for all that is made of it?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report import grids, pages
from report.data import Results, read
from report.grids import Grid
from report.timings import data as timings
from report.timings.data import Timings


@dataclass(frozen=True)
class Findings:
    """The results, their grids and the headline's, what templates know, and the timings if any."""

    results: Results
    grids: list[Grid]
    main: list[Grid]
    context: dict[str, Any]
    timings: Timings | None


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
    )
