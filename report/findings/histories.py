"""Follows each scenario through the releases that load their own files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from report.read.cells import Cell, Key, Results
from report.writing.listings import Listing, listings
from report.writing.lists import DASH, blocks, case_list, routes
from report.writing.outcomes import OUTCOMES, state
from results.releases import Releases


@dataclass(frozen=True)
class History:
    """The states of some cases, release by release."""

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
    """Write each case's states as runs of releases; equal formats, then cases, share a row."""
    runs = {key: _runs(series, releases) for key, series in diagonal(cells).items()}
    measured = {key: run for key, run in runs.items() if any(state != DASH for _, state in run)}
    return [History(case_list(cases), routes(pairs), run) for cases, pairs, run in blocks(measured)]


def _runs(series: Mapping[str, Cell], releases: Releases) -> tuple[tuple[str, str], ...]:
    """Join releases of one state, across releases in which the case was not measured."""
    unmeasured = {OUTCOMES["skipped"], OUTCOMES["harness_error"]}
    states = {release: state(cell) for release, cell in series.items()}
    states = {release: DASH if text in unmeasured else text for release, text in states.items()}
    followed = [release for release in (*releases.ids, *releases.variants) if release in states]
    runs = groupby(followed, key=states.__getitem__)
    return tuple((releases.intervals(list(members)), text) for text, members in runs)


@dataclass(frozen=True)
class Tally:
    """The verdicts of one scenario, in loads."""

    scenario: str
    question: str
    loads: int
    works: int
    refused: int
    silent: int
    broken: int


def tallies(results: Results) -> list[Tally]:
    """Count every scenario's verdicts."""
    return [
        _tally(name, results.question(name), [cell.verdict for cell in cells if not cell.is_save])
        for name, cells in results.scenarios.items()
    ]


def _tally(scenario: str, question: str, verdicts: list[str]) -> Tally:
    return Tally(
        scenario=scenario,
        question=question,
        loads=len(verdicts) - verdicts.count("not_applicable"),
        works=verdicts.count("works"),
        refused=verdicts.count("refused"),
        silent=verdicts.count("silent"),
        broken=verdicts.count("broken"),
    )


def crossed(cells: Iterable[Cell], releases: Releases) -> list[Listing]:
    """List the states of the loads whose loader is not the saver."""
    measured = [
        cell for cell in cells if not cell.is_save and not cell.diagonal and state(cell) != DASH
    ]
    return listings(measured, releases, state)
