"""Which rows does each table of the page have?

Rows that would repeat each other are merged: releases into runs, formats and cases into lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from report.data import CALLS, OUTCOMES, Cell, Results, in_format_order
from report.grids import GOOD, NOTHING, Grid, Key, Pair, kind
from report.releases import Releases, natural
from report.wording import shortened

Name = TypeVar("Name", bound=Hashable)
Value = TypeVar("Value", bound=Hashable)

DASH = "\N{EN DASH}"
NO_ANSWER = {"timeout", "crash", "out_of_memory"}
WORDS = {
    "timeout": "timeout",
    "crash": "crash",
    "out_of_memory": "out of memory",
    "not_saved": "not saved",
    "skipped": "not run",
    "harness_error": "not measured",
}
LONGEST_LIST = 8


def state(cell: Cell) -> str:
    """Say in a word or two what happened: the verdict, and what it leaves open."""
    if cell.verdict == "silent":
        return f"silent ({_silence(cell)})"
    word = WORDS.get(cell.outcome, "")
    if cell.verdict == "broken" and word:
        return f"broken ({word})"
    if cell.outcome == "error" and cell.phase not in {"load", ""}:
        return f"{cell.verdict} (at {cell.phase})"
    return word or cell.verdict


def _silence(cell: Cell) -> str:
    if cell.outcome == "equal":
        return "loads as saved"
    return cell.differs.replace("+", " and ") + " differ" if cell.differs else "differs"


def merged(items: Iterable[tuple[Name, Value]]) -> dict[Value, list[Name]]:
    """Collect the names that share a value, values in order of first appearance."""
    groups: dict[Value, list[Name]] = {}
    for name, value in items:
        groups.setdefault(value, []).append(name)
    return groups


def listed(names: Iterable[str], mark: str = "", longest: int = LONGEST_LIST) -> str:
    """Write names in natural order, and count those beyond the longest list that reads well."""
    every = sorted(set(names), key=natural)
    shown = every if len(every) <= longest + 1 else every[:longest]
    text = ", ".join(f"{mark}{name}{mark}" for name in shown)
    return text if shown == every else f"{text} and {len(every) - len(shown)} more"


def percent(part: int, whole: int) -> str:
    """Write a share; a whole of nothing has none. Never 0 or 100 for what is not all or nothing."""
    if not whole:
        return DASH
    share = 100 * part / whole
    if 0 < part < whole:
        share = min(max(share, 1), 99)
    return f"{share:.0f}\N{NO-BREAK SPACE}%"


def routes(pairs: Iterable[tuple[str, str]]) -> str:
    """Write formats with the API that loads them: `load_model`: h5, keras."""
    by_api = merged(sorted(set(pairs), key=lambda pair: natural(pair[1])))
    return "; ".join(
        f"{', '.join(f'`{name}`' for name in in_format_order(names))} by `{api}`"
        for api, names in by_api.items()
    )


# --- between releases


@dataclass(frozen=True)
class Share:
    """How far one format carries between releases."""

    format: str
    call: str
    pairs: int
    every: int
    some: int
    none: int
    silent: int
    newer: str
    older: str

    @property
    def share(self) -> str:
        """Pairs in which every model loads, of those that have a file."""
        return percent(self.every, self.pairs)

    @property
    def exact(self) -> float:
        """The same, as a number to sort by."""
        return self.every / self.pairs if self.pairs else 0.0


def share(grid: Grid, releases: Releases) -> Share:
    """Count a grid's pairs by what happened to its models taken together."""
    kinds = list(grid.summary.values())
    direction = between([grid], releases)
    return Share(
        format=grid.format,
        call=CALLS.get(grid.format, ""),
        pairs=sum(kind not in NOTHING for kind in kinds),
        every=kinds.count("every"),
        some=kinds.count("some"),
        none=kinds.count("none"),
        silent=kinds.count("silent"),
        newer=direction["newer"],
        older=direction["older"],
    )


@dataclass(frozen=True)
class Crossing:
    """Loads that cross from one major version of Keras to the next: forwards and back."""

    old: str
    new: str
    forwards: str
    back: str


def crossings(grids: Sequence[Grid], majors: Mapping[str, str]) -> list[Crossing]:
    """Say how many loads work across each change of Keras's major version."""
    names = list(dict.fromkeys(major for major in majors.values() if major))
    told = [cell for grid in grids for cell in grid.cells if kind(cell) not in NOTHING]

    def good(old: str, new: str) -> str:
        pair = (old, new)
        ends = ((majors[cell.saved_with], majors[cell.loaded_with]) for cell in told)
        return _good([cell for cell, one in zip(told, ends, strict=True) if one == pair])

    return [Crossing(old, new, good(old, new), good(new, old)) for old, new in pairwise(names)]


def between(grids: Iterable[Grid], releases: Releases) -> dict[str, str]:
    """Share of loads that work when the loader is newer, older and the same release."""
    told = [cell for grid in grids for cell in grid.cells if kind(cell) not in NOTHING]
    return {
        "newer": _good([cell for cell in told if _ahead(cell, releases) > 0]),
        "older": _good([cell for cell in told if _ahead(cell, releases) < 0]),
        "same": _good([cell for cell in told if cell.diagonal]),
    }


def _ahead(cell: Cell, releases: Releases) -> int:
    return releases.places[cell.loaded_with] - releases.places[cell.saved_with]


def _good(cells: Sequence[Cell]) -> str:
    return percent(sum(cell.verdict in GOOD for cell in cells), len(cells))


@dataclass(frozen=True)
class LoadsIn:
    """Where the files of some savers load."""

    savers: str
    every: str
    some: str
    silent: str
    none: str


def loads_in(grid: Grid, releases: Releases) -> list[LoadsIn]:
    """Say for each saver in which releases its files load; savers that agree share a row."""
    rows = merged((saver, _loads_in(grid, saver, releases)) for saver in _savers(grid, releases))
    return [LoadsIn(releases.intervals(savers), *row) for row, savers in rows.items()]


def _savers(grid: Grid, releases: Releases) -> list[str]:
    kinds = grid.summary
    return releases.sort(saver for (saver, _), kind in kinds.items() if kind not in NOTHING)


def _loads_in(grid: Grid, saver: str, releases: Releases) -> tuple[str, str, str, str]:
    loaders: dict[str, list[str]] = {}
    for (saved, loader), name in grid.summary.items():
        if saved == saver:
            loaders.setdefault(name, []).append(loader)
    return (
        releases.span(loaders.get("every", [])),
        _partly(grid, saver, loaders.get("some", []), _some, releases),
        _partly(grid, saver, loaders.get("silent", []), _silent, releases),
        releases.span(loaders["none"]) if "none" in loaders else "",
    )


def _partly(
    grid: Grid,
    saver: str,
    loaders: Iterable[str],
    models: Callable[[Sequence[tuple[str, str]]], str],
    releases: Releases,
) -> str:
    """Write loaders, and in brackets the models that a run of them is about."""
    groups = merged((one, models(grid.models(saver, one))) for one in releases.sort(loaders))
    return "; ".join(
        f"{releases.intervals(members)} ({words})" for words, members in groups.items()
    )


def _some(models: Sequence[tuple[str, str]]) -> str:
    """Name those that load or those that do not, whichever are fewer."""
    good = [case for case, name in models if name in GOOD]
    bad = [case for case, name in models if name not in GOOD | NOTHING]
    return f"only {listed(good)}" if len(good) < len(bad) else f"not {listed(bad)}"


def _silent(models: Sequence[tuple[str, str]]) -> str:
    return listed(case for case, name in models if name == "silent")


@dataclass(frozen=True)
class ModelLoadsIn:
    """Where the files of some savers load, model by model."""

    savers: str
    models: tuple[str, ...]


def models_load_in(grid: Grid, releases: Releases) -> list[ModelLoadsIn]:
    """Say for each saver and model in which releases the file loads; like savers share a row."""
    savers = releases.sort(saver for saver, _ in grid.summary)
    rows = merged(
        (saver, tuple(_model(grid, case, saver, releases) for case in grid.cases))
        for saver in savers
    )
    return [ModelLoadsIn(releases.intervals(names), row) for row, names in rows.items()]


def _model(grid: Grid, case: str, saver: str, releases: Releases) -> str:
    loaders: dict[str, list[str]] = {}
    for (saved, loader), name in grid.kinds(case).items():
        if saved == saver:
            loaders.setdefault(name, []).append(loader)
    if set(loaders) <= NOTHING:
        return WORDS.get(min(loaders, default=""), DASH)
    works = [loader for name in GOOD for loader in loaders.get(name, [])]
    parts = [releases.span(works)]
    for name in ("silent", *sorted(NO_ANSWER)):
        if name in loaders:
            parts.append(f"**{WORDS.get(name, name)}** {releases.intervals(loaders[name])}")
    return " · ".join(parts)


# --- one release with itself


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
    states = {release: state(cell) for release, cell in series.items()}
    without = {WORDS["skipped"], WORDS["harness_error"], None}
    return tuple(
        (releases.interval(first, last), DASH if word in without else str(word))
        for first, last, word in releases.stretches(states)
    )


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


# --- places: lists of cells, written as short as they can be


@dataclass(frozen=True)
class Place:
    """Cells of one scenario that share a remark, and the releases they stand for."""

    scenario: str
    cases: str
    routes: str
    where: str
    remark: str
    largest: str
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
            cells=len(cells),
        )


def blocks(
    values: Mapping[Key, Value],
) -> list[tuple[list[str], tuple[tuple[str, str], ...], Value]]:
    """Merge keys of one value into blocks of cases by (format, API): formats first, then cases."""
    by_case = merged(((fmt, api), (case, value)) for (case, fmt, api), value in values.items())
    rows = merged((case, (tuple(pairs), value)) for (case, value), pairs in by_case.items())
    return [(cases, pairs, value) for (pairs, value), cases in rows.items()]


def case_list(cases: Iterable[str]) -> str:
    """Write the names of cases as code."""
    return listed(cases, "`")


def pairs_text(pairs: Collection[Pair], releases: Releases) -> str:
    """Write pairs of saver and loader: by release where both are one, else saver \u2192 loader."""
    if all(loader in {saver, ""} for saver, loader in pairs):
        return releases.intervals({saver for saver, _ in pairs})
    by_saver = _rectangles(pairs, releases)
    by_loader = _rectangles([(loader, saver) for saver, loader in pairs], releases)
    turned = [(savers, loaders) for loaders, savers in by_loader]
    best = min(by_saver, turned, key=len)
    shown = [f"{savers} \N{RIGHTWARDS ARROW} {loaders}" for savers, loaders in best[:LONGEST_LIST]]
    more = [f"and {len(best) - LONGEST_LIST} more"] if len(best) > LONGEST_LIST else []
    return "; ".join(shown + more)


def _rectangles(pairs: Collection[Pair], releases: Releases) -> list[tuple[str, str]]:
    others: dict[str, list[str]] = {}
    for one, other in pairs:
        others.setdefault(one, []).append(other)
    ordered = releases.sort(others)
    groups = merged((one, releases.intervals(others[one])) for one in ordered)
    return [(releases.intervals(ones), text) for text, ones in groups.items()]


def silent(results: Results) -> list[Place]:
    """Find the loads that raised nothing and gave something else, or should have been refused."""
    cells = [cell for cell in results.loads if cell.verdict == "silent"]
    return places(cells, results.releases, _silence)


def largest_difference(cells: Iterable[Cell]) -> str:
    """Write the largest difference of a prediction among some cells."""
    found = [float(cell.max_abs_diff) for cell in cells if cell.max_abs_diff]
    return f"{max(found):.2g}" if found else ""


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
