"""How did each scenario go, and how did that change from release to release?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from report.findings.grids import Key
from report.findings.rows import DASH, WORDS, blocks, case_list, routes, state
from report.read.cells import Cell, Results
from results.releases import Releases


@dataclass(frozen=True)
class History:
    """What happened to some cases, release by release."""

    cases: str
    routes: str
    runs: tuple[tuple[str, str], ...]


def diagonal(cells: Iterable[Cell]) -> dict[Key, dict[str, Cell]]:
    """Follow each case, format and API through the releases that load their own files."""
    series: dict[Key, dict[str, Cell]] = {}
    for cell in cells:
        if not cell.is_save and cell.diagonal:
            key = (cell.case, cell.format, cell.api)
            series.setdefault(key, {})[cell.saved_with] = cell
    return series


def histories(cells: Iterable[Cell], releases: Releases) -> list[History]:
    """Write each case's states as runs of releases; formats, then cases, that agree share a row."""
    runs = {key: _runs(series, releases) for key, series in diagonal(cells).items()}
    told = {key: run for key, run in runs.items() if any(word != DASH for _, word in run)}
    return [History(case_list(cases), routes(pairs), run) for cases, pairs, run in blocks(told)]


def _runs(series: Mapping[str, Cell], releases: Releases) -> tuple[tuple[str, str], ...]:
    """Put releases of one state together, over those between them that were not asked."""
    without = {WORDS["skipped"], WORDS["harness_error"]}
    words = {
        release: DASH if state(cell) in without else state(cell) for release, cell in series.items()
    }
    asked = [release for release in (*releases.ids, *releases.variants) if release in words]
    runs = groupby(asked, key=words.__getitem__)
    return tuple((releases.intervals(list(members)), word) for word, members in runs)


@dataclass(frozen=True)
class Tally:
    """How one scenario went, in cells."""

    scenario: str
    question: str
    loads: int
    works: int
    refused: int
    silent: int
    broken: int
    untold: int


def tallies(results: Results) -> list[Tally]:
    """Count every scenario's verdicts."""
    return [
        _tally(name, results.question(name), [cell.verdict for cell in cells if not cell.is_save])
        for name, cells in results.scenarios.items()
    ]


def _tally(scenario: str, question: str, verdicts: list[str]) -> Tally:
    untold = verdicts.count("not_applicable")
    return Tally(
        scenario=scenario,
        question=question,
        loads=len(verdicts) - untold,
        works=verdicts.count("works"),
        refused=verdicts.count("refused"),
        silent=verdicts.count("silent"),
        broken=verdicts.count("broken"),
        untold=untold,
    )
