"""Which of the failures that people reported does a cell reproduce, and in the same words?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from report.answers.search import complaint, likeness
from report.answers.wording import shortened
from report.findings.rows import WORDS, silence
from report.read.cells import Cell, Results
from results.releases import natural


@dataclass(frozen=True)
class Reported:
    """A report, the cell that is likest to it, and what both say.

    `causes` are several where the report leaves open which it is, or names more than one.
    `cannot` says why there can be no cell; without it and a cell, it was not measured yet.
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
    found = [
        _reported(results, name, one)
        for topic in results.declared("report").values()
        for name, one in topic["reports"].items()
    ]
    return sorted(found, key=lambda one: natural(one.name.lower()))


def _reported(results: Results, name: str, declared: Mapping[str, Any]) -> Reported:
    said = str(declared.get("said") or "")
    cells = [cell for glob in declared.get("cells", ()) for cell in results.matching([glob])]
    best = max(cells, key=lambda cell: _alike(said, cell)) if said and cells else None
    cell = best or (cells[0] if cells else None)
    return Reported(
        name=name,
        url=str(declared.get("url") or ""),
        causes=tuple(declared.get("causes") or ()),
        said=said,
        cell=cell.cell if cell else "",
        seen=_seen(cell) if cell else "",
        alike=_alike(said, cell) if said and cell else None,
        cannot=str(declared.get("cannot") or ""),
    )


def _alike(said: str, cell: Cell) -> float:
    return likeness(complaint(said), cell)


def _seen(cell: Cell) -> str:
    if cell.error_type:
        return f"{cell.error}: {shortened(cell.error_message)}"
    if cell.outcome == "not_saved":
        return shortened(cell.reason)
    return silence(cell) if cell.verdict == "silent" else WORDS.get(cell.outcome, cell.verdict)
