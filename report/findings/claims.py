"""Is it true, what is said about loading? Verdicts of the cells, release by release."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from report.findings.rows import merged, percent
from report.read.cells import Cell, Results
from results.releases import Releases

UNTOLD = {"skipped", "not_saved", "harness_error"}
HOLDS, FAILS, PARTLY = "holds", "fails", "partly"


@dataclass(frozen=True)
class Verdict:
    """A claim, where it is made, and where it holds; `cannot` says why cells cannot judge it."""

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
        """Where the claim is made, as a link if its source has one: `name <address>`."""
        name, _, address = self.source.rstrip(">").partition(" <")
        return f"[{name}]({address})" if address else name


def verdicts(results: Results) -> list[Verdict]:
    """Judge every claim, in the order of sources and names."""
    declared = results.declared("claim")
    found = [_verdict(results, name, one) for name, one in declared.items()]
    return sorted(found, key=lambda one: (one.source, one.name))


def _verdict(results: Results, name: str, declared: Mapping[str, Any]) -> Verdict:
    cells = [one for one in results.matching(declared["cells"]) if _judges(one, declared["holds"])]
    against = [one for one in cells if not holds(one, declared["holds"])]
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


def _judges(cell: Cell, wanted: Mapping[str, str]) -> bool:
    """Say whether a cell was measured; one that was not saved judges what is said of saving."""
    spoken_of = re.fullmatch(wanted.get("outcome", ""), cell.outcome)
    return cell.outcome not in UNTOLD or spoken_of is not None


def holds(cell: Cell, wanted: Mapping[str, str]) -> bool:
    """Say whether each column matches its regular expression, whole."""
    return all(
        re.fullmatch(pattern, getattr(cell, column), re.DOTALL)
        for column, pattern in wanted.items()
    )


def by_release(
    cells: Sequence[Cell], against: Iterable[Cell], releases: Releases, *, some: bool
) -> str:
    """Say in which releases a claim holds, fails or holds partly; for `some`, one cell will do."""
    if not cells:
        return "not measured"
    refuted = set(against)
    states = {
        release: {cell in refuted for cell in members}
        for members, release in _by_loader(cells, releases)
    }
    mixed = HOLDS if some else PARTLY
    words = {
        release: mixed if len(seen) > 1 else FAILS if True in seen else HOLDS
        for release, seen in states.items()
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
