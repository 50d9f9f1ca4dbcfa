"""What is to blame where loads and saves end alike?

A situation is a case in one format with one call. It counts by the share of its tries that end so:
a case that always ends so says more than one that does in a few of four hundred pairs of releases.
The sum over the situations of a cause, taken over all, is how likely the cause is if whatever was
tried here is as likely to have been done.

Two things are looked up before a scenario is blamed. What the plain model ends in as well, between
the same releases, says nothing of the scenario. And what goes well within each of two releases, but
not between them, has two causes that share the blame: the scenario's, and that there are two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from report.findings.rows import percent
from report.read.cells import Cell, Results

PLAIN = ("round_trip", "mlp")
"""The scenario and the case with nothing special about them."""
VERSION = "version"
RETURNED = {"equal", "different"}
UNKNOWN = {"skipped", "harness_error", "not_saved"}
"""Outcomes that say nothing of how a load ends."""


@dataclass(frozen=True)
class Blame:
    """A cause and one of its scenarios: the cells that end so, and how much they weigh.

    `weight` is the sum of the shares of its situations; `tries` are all cells of these.
    """

    cause: str
    scenario: str
    question: str
    weight: float
    tries: int
    cells: tuple[Cell, ...]


def blames(
    results: Results, cells: Iterable[Cell], weights: Mapping[str, float] | None = None
) -> list[Blame]:
    """Rank what cells that end alike have in common, by weight.

    `weights` say by id how much each cell tells, if not all tell the same.
    """
    cells = list(cells)
    weights = dict.fromkeys((cell.cell for cell in cells), 1.0) if weights is None else weights
    telling = [cell for cell in cells if not plain_ends_so(results, cell)] or cells
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in telling:
        for cause in causes_of(results, cell):
            groups.setdefault((cause, cell.scenario), []).append(cell)
    found = [_blame(results, *key, members, weights) for key, members in groups.items()]
    return sorted(found, key=lambda one: (-one.weight, one.cause, one.scenario))


def plain_ends_so(results: Results, cell: Cell) -> bool:
    """Say whether the plain model ends in the same family between the same releases."""
    scenario, case = PLAIN
    plain = results.named.get("/".join((scenario, case, *cell.cell.split("/")[2:])))
    return (
        plain is not None
        and cell.scenario != scenario
        and cell.error_family == plain.error_family != ""
    )


def causes_of(results: Results, cell: Cell) -> set[str]:
    """Return what has to be there for a cell to fail, going by the same case within one release.

    If both releases can do it with their own files, or one can and the other does not write the
    format, they have to be two; and what the scenario is about has to be there in any case.
    """
    if cell.is_save or cell.diagonal:
        return {cell.cause}
    path = cell.cell.rsplit("/", 2)[0]
    own = [results.named.get(f"{path}/{release}/{release}") for release in cell.pair]
    outcomes = {one.outcome for one in own if one}
    crossing = all(own) and outcomes & RETURNED and not outcomes - RETURNED - UNKNOWN
    return {cell.cause, VERSION} if crossing else {cell.cause}


def _blame(
    results: Results, cause: str, scenario: str, cells: list[Cell], weights: Mapping[str, float]
) -> Blame:
    tried = {one: tries(results, one) for one in {cell.situation for cell in cells}}
    return Blame(
        cause=cause,
        scenario=scenario,
        question=results.question(scenario),
        weight=sum(
            weights.get(cell.cell, 0.0)
            / max(tried[cell.situation], 1)
            / len(causes_of(results, cell))
            for cell in cells
        ),
        tries=sum(tried.values()),
        cells=tuple(sorted(cells, key=lambda cell: -weights.get(cell.cell, 0.0))),
    )


def tries(results: Results, situation: tuple[str, str, str, str]) -> int:
    """Count how often a situation was tried; of saves, only those that failed are rows."""
    found = results.situations[situation]
    if not found[0].is_save:
        return sum(cell.outcome not in UNKNOWN for cell in found)
    scenario, _, form, _ = situation
    return len({c.saved_with for c in results.scenarios[scenario] if c.format == form})


def by_cause(found: Sequence[Blame]) -> dict[str, list[Blame]]:
    """Group blames by cause, the likeliest cause first."""
    ranked: dict[str, list[Blame]] = {}
    for one in found:
        ranked.setdefault(one.cause, []).append(one)
    return dict(sorted(ranked.items(), key=lambda item: -weight(item[1])))


def weight(found: Iterable[Blame]) -> float:
    """Return what blames weigh together."""
    return sum(one.weight for one in found)


def likely(some: Iterable[Blame], whole: Iterable[Blame]) -> str:
    """Say how likely some of the blames are."""
    return percent(weight(some), weight(whole))
