"""Rank the causes of loads and saves that end with the same message.

A situation is a case in one format with one call. Its weight is the share of its cells that end
with the message. A case that always fails therefore counts for more than a case that fails between
four of its four hundred pairs of releases. The weight of a cause is the sum over its situations.
Taken over all causes it is a likelihood, if every situation measured here is equally common.

Two comparisons come before a scenario is blamed. A failure that the plain model shares, between the
same releases, does not come from the scenario. A case that loads within each of two releases, but
not between them, has two causes that share the blame: the scenario's cause, and the two versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from report.read.cells import Cell, Results
from report.writing.numbers import percent

PLAIN = ("round_trip", "mlp")
"""The scenario and the case with nothing special about them."""
VERSION = "version"
RETURNED = {"equal", "different"}
UNKNOWN = {"skipped", "harness_error", "not_saved"}
"""Outcomes of cells that nothing was loaded in."""
EXAMPLES = 2
"""How many cells are named as examples of a scenario."""


@dataclass(frozen=True)
class Blame:
    """A cause and one of its scenarios: the cells that end with the message, and their weight.

    `weight` is the sum of the shares of its situations; `tries` counts all cells of these.
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
    """Rank the causes and scenarios of cells that end with the same message, by weight.

    `weights` give each cell's likeness to the reader's message, by id (0 to 1); 1 for all without.
    """
    cells = list(cells)
    weights = dict.fromkeys((cell.cell for cell in cells), 1.0) if weights is None else weights
    special = [cell for cell in cells if not plain_model_fails_alike(results, cell)] or cells
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in special:
        for cause in causes_of(results, cell):
            groups.setdefault((cause, cell.scenario), []).append(cell)
    ranking = [_blame(results, *key, members, weights) for key, members in groups.items()]
    return sorted(ranking, key=lambda blame: (-blame.weight, blame.cause, blame.scenario))


def plain_model_fails_alike(results: Results, cell: Cell) -> bool:
    """Say whether the plain model's message, between the same releases, has the same entry."""
    scenario, case = PLAIN
    plain = results.named.get("/".join((scenario, case, *cell.cell.split("/")[2:])))
    return (
        plain is not None
        and cell.scenario != scenario
        and cell.error_family == plain.error_family != ""
    )


def causes_of(results: Results, cell: Cell) -> set[str]:
    """Return the causes that a failure needs, going by the same case within one release.

    The scenario's cause always counts. The version is a cause too if both releases load their own
    files of the case, or one does and the other does not write the format.
    """
    if cell.is_save or cell.diagonal:
        return {cell.cause}
    case = cell.cell.rsplit("/", 2)[0]
    diagonal = [results.named.get(f"{case}/{release}/{release}") for release in cell.pair]
    outcomes = {own.outcome for own in diagonal if own}
    crossing = all(diagonal) and outcomes & RETURNED and not outcomes - RETURNED - UNKNOWN
    return {cell.cause, VERSION} if crossing else {cell.cause}


def _blame(
    results: Results, cause: str, scenario: str, cells: list[Cell], weights: Mapping[str, float]
) -> Blame:
    counts = {
        situation: tries(results, situation) for situation in {cell.situation for cell in cells}
    }
    return Blame(
        cause=cause,
        scenario=scenario,
        question=results.question(scenario),
        weight=sum(
            weights.get(cell.cell, 0.0)
            / max(counts[cell.situation], 1)
            / len(causes_of(results, cell))
            for cell in cells
        ),
        tries=sum(counts.values()),
        cells=tuple(sorted(cells, key=lambda cell: -weights.get(cell.cell, 0.0))),
    )


def tries(results: Results, situation: tuple[str, str, str, str]) -> int:
    """Count the loads of a situation, or its saves; only saves that failed have rows."""
    cells = results.situations[situation]
    if not cells[0].is_save:
        return sum(cell.outcome not in UNKNOWN for cell in cells)
    scenario, _, form, _ = situation
    return len({c.saved_with for c in results.scenarios[scenario] if c.format == form})


def by_cause(ranking: Sequence[Blame]) -> dict[str, list[Blame]]:
    """Group blames by cause, the likeliest cause first."""
    groups: dict[str, list[Blame]] = {}
    for blame in ranking:
        groups.setdefault(blame.cause, []).append(blame)
    return dict(sorted(groups.items(), key=lambda item: -weight(item[1])))


def weight(group: Iterable[Blame]) -> float:
    """Return the sum of the weights of some blames."""
    return sum(blame.weight for blame in group)


def likely(group: Iterable[Blame], ranking: Iterable[Blame]) -> str:
    """Write the weight of some blames as a share of all."""
    return percent(weight(group), weight(ranking))


def of_different_cases(cells: Iterable[Cell]) -> list[Cell]:
    """Choose `EXAMPLES` cells, each of another case."""
    by_case: dict[str, Cell] = {}
    for cell in cells:
        by_case.setdefault(cell.case, cell)
    return list(by_case.values())[:EXAMPLES]
