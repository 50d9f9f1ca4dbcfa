"""Which families of messages are there, what causes them, and what helps?

The error index: what its entries declare (in the composed config), joined with what the cells say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from report.answers.blames import Blame, blames, by_cause, likely
from report.answers.wording import shortened
from report.findings.claims import holds
from report.findings.rows import listed, merged, percent
from report.read.cells import Cell, Results
from results.families import OTHER
from results.releases import Releases

WORKS = {"outcome": "equal"}
PLACES = 6
"""How many of the places where a family is raised are shown."""


@dataclass(frozen=True)
class Remedy:
    """What to do about an error, and how that went where it was tried."""

    do: str
    planned: bool
    tried: int
    works: int
    where: str

    @property
    def told(self) -> str:
        """How it went, in words."""
        if not self.tried:
            return "not measured yet" if self.planned else "not tried"
        share = f"{self.works} of {self.tried} loads"
        return f"works in {share}" + (f", with {self.where}" if self.works else "")


@dataclass(frozen=True)
class Entry:
    """One family: what is declared of it, and what was seen."""

    name: str
    says: str
    check: str
    remedies: tuple[Remedy, ...]
    cells: tuple[Cell, ...]
    blames: tuple[Blame, ...]
    classes: str
    releases: str
    example: str
    raised: tuple[tuple[str, str], ...]

    @property
    def causes(self) -> list[tuple[str, str]]:
        """The causes, likeliest first, and how likely each is."""
        return [(cause, likely(some, self.blames)) for cause, some in by_cause(self.blames).items()]


def entries(results: Results) -> list[Entry]:
    """Return every family that some cell ends in, commonest first; what none knows comes last."""
    groups: dict[str, list[Cell]] = {}
    for cell in results.cells:
        if cell.error_family:
            groups.setdefault(cell.error_family, []).append(cell)
    declared = results.declared("error")
    found = [entry(results, name, cells, declared.get(name, {})) for name, cells in groups.items()]
    return sorted(found, key=lambda one: (one.name == OTHER, -len(one.cells), one.name))


def entry(results: Results, name: str, cells: Sequence[Cell], declared: Mapping[str, Any]) -> Entry:
    """Join what is declared of a family with the cells that end in it."""
    releases = results.releases
    newest = max(cells, key=lambda cell: (releases.places[cell.speaker], cell.cell))
    return Entry(
        name=name,
        says=str(declared.get("says", "No entry of the error index knows these messages.")),
        check=str(declared.get("check", "")),
        remedies=tuple(remedy(results, one) for one in declared.get("remedies", ())),
        cells=tuple(cells),
        blames=tuple(blames(results, cells)),
        classes=listed((cell.error or cell.outcome for cell in cells), "`"),
        releases=releases.intervals({cell.speaker for cell in cells}),
        example=f"{newest.error}: {shortened(newest.error_message)}".removeprefix(": "),
        raised=tuple(_raised(cells, releases)),
    )


def remedy(results: Results, declared: Mapping[str, Any]) -> Remedy:
    """Count how a remedy went in the cells that it names."""
    tried = [
        cell
        for cell in results.matching(declared.get("cells", ()))
        if cell.verdict != "not_applicable"
    ]
    works = [cell for cell in tried if holds(cell, declared.get("works", WORKS))]
    where = results.releases.intervals({cell.loaded_with for cell in works})
    planned = bool(declared.get("cells"))
    return Remedy(str(declared.get("do", "")), planned, len(tried), len(works), where)


def _raised(cells: Iterable[Cell], releases: Releases) -> list[tuple[str, str]]:
    """Say in which releases the family is raised where; the commonest places first."""
    groups = merged((cell.speaker, cell.raised_in) for cell in cells if cell.raised_in)
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:PLACES]
    return [(place, releases.intervals(set(speakers))) for place, speakers in ranked]


def in_catch_all(found: Iterable[Entry]) -> str:
    """Return the share of messages that no entry knows."""
    sizes = {one.name: len(one.cells) for one in found}
    return percent(sizes.get(OTHER, 0), sum(sizes.values()))
