"""Counts the verdicts on the loads of each cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from report.read.cells import Cell, Results
from report.writing.lists import listed, merged


@dataclass(frozen=True)
class Cause:
    """The verdicts on the loads of one cause, and its scenarios."""

    name: str
    expected: str
    loads: int
    works: int
    refused: int
    silent: int
    broken: int
    cases: int
    scenarios: str


def causes(results: Results) -> list[Cause]:
    """Count verdicts by cause and by expected result, the most silent cause first."""
    measured = [cell for cell in results.loads if cell.verdict != "not_applicable"]
    groups = merged((cell, (cell.cause, cell.expected)) for cell in measured)
    counted = [_cause(*key, cells) for key, cells in groups.items()]
    return sorted(
        counted, key=lambda cause: (cause.expected, -cause.silent / cause.loads, cause.name)
    )


def _cause(name: str, expected: str, cells: Sequence[Cell]) -> Cause:
    verdicts = Counter(cell.verdict for cell in cells)
    return Cause(
        name=name.replace("_", " "),
        expected=expected,
        loads=len(cells),
        works=verdicts["works"],
        refused=verdicts["refused"],
        silent=verdicts["silent"],
        broken=verdicts["broken"],
        cases=len({(cell.scenario, cell.case) for cell in cells}),
        scenarios=listed((cell.scenario for cell in cells), "`"),
    )
