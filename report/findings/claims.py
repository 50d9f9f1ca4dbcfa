"""Judges claims about loading by the cells, release by release."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from report.read.cells import Cell, Results
from report.writing.lists import merged
from report.writing.numbers import percent
from results.releases import Releases

UNMEASURED = {"skipped", "not_saved", "harness_error"}
HOLDS, FAILS, PARTLY = "holds", "fails", "partly"


@dataclass(frozen=True)
class Verdict:
    """A claim, its source, and the releases in which it holds.

    `favour` is the share of the cells that support it; `cannot` says why no cell can judge it.
    """

    name: str
    source: str
    claim: str
    verdict: str
    cells: int
    favour: str
    counter: str
    cannot: str

    @property
    def link(self) -> str:
        """The source of the claim, as a link if it has an address: `name <address>`."""
        name, _, address = self.source.rstrip(">").partition(" <")
        return f"[{name}]({address})" if address else name


def verdicts(results: Results) -> list[Verdict]:
    """Judge every claim, in the order of sources and names."""
    declared = results.declared("claim")
    judged = [_verdict(results, name, claim) for name, claim in declared.items()]
    return sorted(judged, key=lambda verdict: (verdict.source, verdict.name))


def _verdict(results: Results, name: str, declared: Mapping[str, Any]) -> Verdict:
    condition = declared["holds"]
    cells = [cell for cell in results.matching(declared["cells"]) if _judges(cell, condition)]
    against = [cell for cell in cells if not holds(cell, condition)]
    return Verdict(
        name=name,
        source=str(declared["source"]),
        claim=str(declared["claim"]),
        verdict=by_release(cells, against, results.releases, some=bool(declared.get("some"))),
        cells=len(cells),
        favour=percent(len(cells) - len(against), len(cells)),
        counter=against[0].cell if against else "",
        cannot=str(declared.get("cannot") or ""),
    )


def _judges(cell: Cell, condition: Mapping[str, str]) -> bool:
    """Say whether a cell can judge: it was measured, or the claim names its outcome."""
    named = re.fullmatch(condition.get("outcome", ""), cell.outcome)
    return cell.outcome not in UNMEASURED or named is not None


def holds(cell: Cell, condition: Mapping[str, str]) -> bool:
    """Say whether each column of a condition matches its regular expression, whole."""
    return all(
        re.fullmatch(pattern, getattr(cell, column), re.DOTALL)
        for column, pattern in condition.items()
    )


def by_release(
    cells: Sequence[Cell], against: Iterable[Cell], releases: Releases, *, some: bool
) -> str:
    """Say in which releases a claim holds, fails or holds partly; for `some`, one cell suffices."""
    if not cells:
        return "not measured"
    refuted = set(against)
    states = {
        release: {cell in refuted for cell in members}
        for members, release in _by_loader(cells, releases)
    }
    mixed = HOLDS if some else PARTLY
    words = {
        release: mixed if len(answers) > 1 else FAILS if True in answers else HOLDS
        for release, answers in states.items()
    }
    if len(set(words.values())) == 1:
        return next(iter(words.values()))
    runs = merged(
        (releases.interval(first, last), word)
        for first, last, word in releases.stretches(words)
        if word
    )
    return " · ".join(f"{word} in {', '.join(spans)}" for word, spans in runs.items())


def _by_loader(cells: Iterable[Cell], releases: Releases) -> list[tuple[list[Cell], str]]:
    groups = merged((cell, cell.loaded_with) for cell in cells)
    return [(groups[release], release) for release in releases.sort(groups)]
