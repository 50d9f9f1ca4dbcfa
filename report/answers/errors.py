"""Make the error index: the entries of messages, with their causes and ways out.

The composed config declares the entries. The cells say how often each message occurred, in which
releases, and how often a way out helped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from report.answers.blames import Blame, blames, by_cause, likely
from report.findings.claims import holds
from report.read.cells import Cell, Results
from report.writing.lists import listed, merged
from report.writing.numbers import percent
from report.writing.text import shortened
from results.error_index import OTHER
from results.releases import Releases

WORKS = {"outcome": "equal"}
PLACES = 6
"""How many functions are shown that raise an entry's messages."""


@dataclass(frozen=True)
class WayOut:
    """Something a user can do about an error, and the count of loads where it helped."""

    do: str
    planned: bool
    tried: int
    works: int
    where: str

    @property
    def result(self) -> str:
        """The measured success, in words."""
        if not self.tried:
            return "not measured yet" if self.planned else "not tried"
        share = f"{self.works} of {self.tried} loads"
        return f"works in {share}" + (f", with {self.where}" if self.works else "")


@dataclass(frozen=True)
class Entry:
    """One entry of the index: its declared texts, and the cells that ended with its messages."""

    name: str
    says: str
    check: str
    ways_out: tuple[WayOut, ...]
    cells: tuple[Cell, ...]
    blames: tuple[Blame, ...]
    classes: str
    releases: str
    example: str
    raised: tuple[tuple[str, str], ...]

    @property
    def causes(self) -> list[tuple[str, str]]:
        """The causes, likeliest first, each with its share of all weight."""
        groups = by_cause(self.blames)
        return [(cause, likely(group, self.blames)) for cause, group in groups.items()]


def entries(results: Results) -> list[Entry]:
    """Return every entry with cells, commonest first; messages without an entry come last."""
    groups: dict[str, list[Cell]] = {}
    for cell in results.cells:
        if cell.error_family:
            groups.setdefault(cell.error_family, []).append(cell)
    declared = results.declared("error")
    index = [entry(results, name, cells, declared.get(name, {})) for name, cells in groups.items()]
    return sorted(index, key=lambda entry: (entry.name == OTHER, -len(entry.cells), entry.name))


def entry(results: Results, name: str, cells: Sequence[Cell], declared: Mapping[str, Any]) -> Entry:
    """Join the declared texts of an entry with the cells that end with its messages."""
    releases = results.releases
    newest = max(cells, key=lambda cell: (releases.positions[cell.speaker], cell.cell))
    return Entry(
        name=name,
        says=str(declared.get("says", "No entry of the error index knows these messages.")),
        check=str(declared.get("check", "")),
        ways_out=tuple(way_out(results, each) for each in declared.get("remedies", ())),
        cells=tuple(cells),
        blames=tuple(blames(results, cells)),
        classes=listed((cell.error or cell.outcome for cell in cells), "`"),
        releases=releases.intervals({cell.speaker for cell in cells}),
        example=f"{newest.error}: {shortened(newest.error_message)}".removeprefix(": "),
        raised=tuple(_raised(cells, releases)),
    )


def way_out(results: Results, declared: Mapping[str, Any]) -> WayOut:
    """Count the loads that try a way out, and those of them where it helped."""
    tried = [
        cell
        for cell in results.matching(declared.get("cells", ()))
        if cell.verdict != "not_applicable"
    ]
    works = [cell for cell in tried if holds(cell, declared.get("works", WORKS))]
    where = results.releases.intervals({cell.loaded_with for cell in works})
    planned = bool(declared.get("cells"))
    return WayOut(str(declared.get("do", "")), planned, len(tried), len(works), where)


def _raised(cells: Iterable[Cell], releases: Releases) -> list[tuple[str, str]]:
    """List the functions that raise an entry's messages, commonest first, with the releases."""
    groups = merged((cell.speaker, cell.raised_in) for cell in cells if cell.raised_in)
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:PLACES]
    return [(function, releases.intervals(set(speakers))) for function, speakers in ranked]


def in_catch_all(index: Iterable[Entry]) -> str:
    """Return the share of messages without an entry."""
    sizes = {entry.name: len(entry.cells) for entry in index}
    return percent(sizes.get(OTHER, 0), sum(sizes.values()))
