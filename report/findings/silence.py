"""Ranks the loads that raised no error and are wrong, by the harm to their user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from report.read.cells import Cell, Results
from report.writing.listings import Listing, listings
from report.writing.lists import LONGEST_LIST, listed, merged
from report.writing.outcomes import ASPECTS, silence
from results.releases import Releases

HARMS = (
    ("computes other results", {"predictions"}),
    ("holds other values", {"weights", "state", "dtype"}),
    ("continues training from another point", {"optimizer", "next_step", "compile"}),
)
"""The harms of a silent load, the worst first, and the differences that do each."""
UNHARMED = "is as saved, but should have been rejected"


@dataclass(frozen=True)
class Harm:
    """Silent loads that do one harm: their number, and the scenarios with most of them."""

    name: str
    loads: int
    scenarios: str
    rows: list[Listing]


def silent(results: Results) -> list[Harm]:
    """Rank the silent loads by the harm of the loaded model."""
    cells = [cell for cell in results.loads if cell.verdict == "silent"]
    groups = merged((cell, harm(cell)) for cell in cells)
    return [
        _harm(name, groups[name], results.releases)
        for name in (*(name for name, _ in HARMS), UNHARMED)
        if name in groups
    ]


def harm(cell: Cell) -> str:
    """Name the worst harm of a silent load."""
    differences = set(cell.differs.split("+"))
    return next((name for name, aspects in HARMS if aspects & differences), UNHARMED)


def _harm(name: str, cells: Sequence[Cell], releases: Releases) -> Harm:
    counts = Counter(cell.scenario for cell in cells)
    scenarios = [scenario for scenario, _ in counts.most_common(LONGEST_LIST)]
    rows = sorted(listings(cells, releases, silence), key=lambda row: -row.cells)
    return Harm(name, len(cells), listed(scenarios, "`"), rows)


@dataclass(frozen=True)
class Loss:
    """A part of the saver's model that loads lost without an error."""

    name: str
    meaning: str
    cells: int
    scenarios: str
    releases: str


def losses(results: Results) -> list[Loss]:
    """Count the losses of loads that raised nothing, by aspect; a load may have several."""
    cells = [cell for cell in results.loads if cell.outcome == "different"]
    groups = {
        aspect: [cell for cell in cells if aspect in cell.differs.split("+")] for aspect in ASPECTS
    }
    return [
        Loss(
            *ASPECTS[aspect],
            cells=len(members),
            scenarios=listed((cell.scenario for cell in members), "`"),
            releases=results.releases.intervals({cell.loaded_with for cell in members}),
        )
        for aspect, members in groups.items()
        if members
    ]
