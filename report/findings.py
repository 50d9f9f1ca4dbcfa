"""What do the published results say, worked out once for all that is made of it?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report import grids, hostile, pages
from report.corruption import data as corruption
from report.corruption.data import Corruption
from report.data import Results, read
from report.grids import Grid
from report.hostile import Hostile
from report.timings import data as timings
from report.timings.data import Timings


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
        hostile=hostile.read(data) if hostile.there(data) else None,
    )
