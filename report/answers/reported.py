"""Compare the failures that people reported with the cells that reproduce them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from report.answers.search import likeness, parsed
from report.read.cells import Cell, Results
from report.writing.outcomes import OUTCOMES, VERDICTS, silence
from report.writing.text import shortened
from results.releases import natural


@dataclass(frozen=True)
class Reported:
    """A report, the cell of the likest message, and both messages.

    A report may leave its cause open, or name several; `causes` then has more than one.
    `cannot` says why no cell can exist. A report without it and without a cell is not measured yet.
    """

    name: str
    url: str
    causes: tuple[str, ...]
    said: str
    cell: str
    seen: str
    alike: float | None
    cannot: str


def reported(results: Results) -> list[Reported]:
    """Return every report, in natural order."""
    reports = [
        _reported(results, name, declared)
        for topic in results.declared("report").values()
        for name, declared in topic["reports"].items()
    ]
    return sorted(reports, key=lambda report: natural(report.name.lower()))


def _reported(results: Results, name: str, declared: Mapping[str, Any]) -> Reported:
    message = str(declared.get("said") or "")
    cells = [cell for glob in declared.get("cells", ()) for cell in results.matching([glob])]
    best = max(cells, key=lambda cell: _alike(message, cell)) if message and cells else None
    cell = best or (cells[0] if cells else None)
    return Reported(
        name=name,
        url=str(declared.get("url") or ""),
        causes=tuple(declared.get("causes") or ()),
        said=message,
        cell=cell.cell if cell else "",
        seen=_seen(cell) if cell else "",
        alike=_alike(message, cell) if message and cell else None,
        cannot=str(declared.get("cannot") or ""),
    )


def _alike(message: str, cell: Cell) -> float:
    return likeness(parsed(message), cell)


def _seen(cell: Cell) -> str:
    if cell.error_type:
        return f"{cell.error}: {shortened(cell.error_message)}"
    if cell.outcome == "not_saved":
        return shortened(cell.reason)
    if cell.verdict == "silent":
        return silence(cell)
    return OUTCOMES.get(cell.outcome, VERDICTS[cell.verdict])
