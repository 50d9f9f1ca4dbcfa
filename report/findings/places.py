"""Where did something happen? Lists of cells, written as short as they can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from report.answers.wording import shortened
from report.findings.grids import Key, Pair
from report.findings.rows import (
    ASPECTS,
    DASH,
    LONGEST_LIST,
    NO_ANSWER,
    WORDS,
    blocks,
    case_list,
    listed,
    merged,
    routes,
    silence,
    state,
)
from report.read.cells import Cell, Results
from results.contract.cells import OUTCOMES
from results.releases import Releases


@dataclass(frozen=True)
class Place:
    """Cells of one scenario that share a remark, and the releases they stand for."""

    scenario: str
    cases: str
    routes: str
    where: str
    remark: str
    largest: str
    restored: str
    cells: int


def places(cells: Iterable[Cell], releases: Releases, remark: Callable[[Cell], str]) -> list[Place]:
    """Write cells by scenario and remark; formats, then cases, of the same releases share a row."""
    groups: dict[tuple[str, str], dict[Key, list[Cell]]] = {}
    for cell in cells:
        group = groups.setdefault((cell.scenario, remark(cell)), {})
        group.setdefault((cell.case, cell.format, cell.api), []).append(cell)
    return [
        place
        for (scenario, word), members in groups.items()
        for place in _places(scenario, word, members, releases)
    ]


def _places(
    scenario: str, word: str, groups: Mapping[Key, Sequence[Cell]], releases: Releases
) -> Iterator[Place]:
    where = {
        key: pairs_text([cell.pair for cell in cells], releases) for key, cells in groups.items()
    }
    for cases, pairs, text in blocks(where):
        cells = [cell for case in cases for pair in pairs for cell in groups[case, *pair]]
        yield Place(
            scenario=scenario,
            cases=case_list(cases),
            routes=routes(pairs),
            where=text,
            remark=word,
            largest=largest_difference(cells),
            restored=restored(cells),
            cells=len(cells),
        )


def restored(cells: Iterable[Cell]) -> str:
    """Write how many of the saver's weights some loads restored; a dash where none were counted."""
    counts = sorted(
        {
            (int(cell.weights_restored), int(cell.weights_saved))
            for cell in cells
            if cell.weights_restored
        }
    )
    if not counts:
        return DASH
    if all(found == saved for found, saved in counts):
        return "all"
    ends = counts[:1] if len(counts) == 1 else [counts[0], counts[-1]]
    return "\N{EN DASH}".join(f"{found} of {saved}" for found, saved in ends)


def pairs_text(pairs: Collection[Pair], releases: Releases) -> str:
    """Write pairs of saver and loader: by release where both are one, else saver \u2192 loader.

    A save that failed has no loader; beside loads it is written as what happened while saving.
    """
    if all(loader in {saver, ""} for saver, loader in pairs):
        return releases.intervals({saver for saver, _ in pairs})
    loads = [(saver, loader) for saver, loader in pairs if loader]
    saving = {saver for saver, loader in pairs if not loader}
    by_saver = _rectangles(loads, releases)
    by_loader = _rectangles([(loader, saver) for saver, loader in loads], releases)
    turned = [(savers, loaders) for loaders, savers in by_loader]
    best = min(by_saver, turned, key=len)
    shown = [f"{savers} \N{RIGHTWARDS ARROW} {loaders}" for savers, loaders in best[:LONGEST_LIST]]
    more = [f"and {len(best) - LONGEST_LIST} more"] if len(best) > LONGEST_LIST else []
    saved = [f"{releases.intervals(saving)} while saving"] if saving else []
    return "; ".join(shown + more + saved)


def _rectangles(pairs: Collection[Pair], releases: Releases) -> list[tuple[str, str]]:
    others: dict[str, list[str]] = {}
    for one, other in pairs:
        others.setdefault(one, []).append(other)
    ordered = releases.sort(others)
    groups = merged((one, releases.intervals(others[one])) for one in ordered)
    return [(releases.intervals(ones), text) for text, ones in groups.items()]


HARMS = (
    ("computes something else", {"predictions"}),
    ("holds something else", {"weights", "state", "dtype"}),
    ("is trained on from elsewhere", {"optimizer", "next_step", "compile"}),
)
"""What a silent load does to its user, the worst first, and which differences do it."""
UNHARMED = "is as saved, but should have been refused"


@dataclass(frozen=True)
class Harm:
    """Silent loads that do one harm: where, how many, and the scenarios with most of them."""

    name: str
    loads: int
    scenarios: str
    rows: list[Place]


def silent(results: Results) -> list[Harm]:
    """Rank the loads that raised nothing by what the loaded model does to its user."""
    cells = [cell for cell in results.loads if cell.verdict == "silent"]
    groups = merged((cell, harm(cell)) for cell in cells)
    return [
        _harm(name, groups[name], results.releases)
        for name in (*(name for name, _ in HARMS), UNHARMED)
        if name in groups
    ]


def harm(cell: Cell) -> str:
    """Name the worst that a silent load does."""
    found = set(cell.differs.split("+"))
    return next((name for name, aspects in HARMS if aspects & found), UNHARMED)


def _harm(name: str, cells: Sequence[Cell], releases: Releases) -> Harm:
    counts = Counter(cell.scenario for cell in cells)
    scenarios = [scenario for scenario, _ in counts.most_common(LONGEST_LIST)]
    rows = sorted(places(cells, releases, silence), key=lambda place: -place.cells)
    return Harm(name, len(cells), listed(scenarios, "`"), rows)


@dataclass(frozen=True)
class Loss:
    """Something of the saver's model that loads lost without an error, and where."""

    name: str
    meaning: str
    cells: int
    scenarios: str
    where: str


def losses(results: Results) -> list[Loss]:
    """Count what loads that raised nothing lost, by aspect; a load may have lost several."""
    lost = [cell for cell in results.loads if cell.outcome == "different"]
    found = []
    for aspect, (name, meaning) in ASPECTS.items():
        cells = [cell for cell in lost if aspect in cell.differs.split("+")]
        if cells:
            scenarios = listed((cell.scenario for cell in cells), "`")
            where = results.releases.intervals({cell.loaded_with for cell in cells})
            found.append(Loss(name, meaning, len(cells), scenarios, where))
    return found


def largest_difference(cells: Iterable[Cell]) -> str:
    """Write the largest difference of a prediction among some cells, if there is any."""
    found = max((float(cell.max_abs_diff or 0) for cell in cells), default=0.0)
    return f"{found:.2g}" if found else ""


def crossed(cells: Iterable[Cell], releases: Releases) -> list[Place]:
    """Say what became of the files that another release loads than wrote them."""
    between = [one for one in cells if not one.is_save and not one.diagonal and state(one) != DASH]
    return places(between, releases, state)


def no_answer(results: Results) -> list[Place]:
    """Find the loads that ended without an answer: timeouts, crashes, memory."""
    cells = [cell for cell in results.loads if cell.outcome in NO_ANSWER]
    return places(cells, results.releases, lambda cell: WORDS[cell.outcome])


def not_saved(results: Results) -> list[Place]:
    """Find what could not be saved, and what was said."""
    return places(results.failed_saves, results.releases, _complaint)


def _complaint(cell: Cell) -> str:
    error = cell.error_type.rsplit(".", 1)[-1]
    return shortened(f"{error}: {cell.error_message}" if error else cell.reason)


@dataclass(frozen=True)
class Skip:
    """Why some cells were not run."""

    reason: str
    scenarios: str
    where: str
    cells: int


def skips(results: Results) -> list[Skip]:
    """Collect the reasons for which cells were skipped, commonest first."""
    groups = merged((cell, cell.reason) for cell in results.cells if cell.outcome == "skipped")
    found = [_skip(reason, cells, results.releases) for reason, cells in groups.items()]
    return sorted(found, key=lambda skip: (-skip.cells, skip.reason))


def _skip(reason: str, cells: Sequence[Cell], releases: Releases) -> Skip:
    scenarios = listed((cell.scenario for cell in cells), "`")
    loaders = {cell.loaded_with or cell.saved_with for cell in cells}
    return Skip(reason, scenarios, releases.intervals(loaders), len(cells))


def outcomes(results: Results) -> list[tuple[str, int]]:
    """Count the rows by outcome, in the contract's order."""
    counts = Counter(cell.outcome for cell in results.cells)
    return [(name, counts[name]) for name in OUTCOMES if counts[name]]
