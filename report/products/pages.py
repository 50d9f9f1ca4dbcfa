"""Fills the templates of the matrix's pages with the findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from report.answers import errors
from report.answers.reported import reported
from report.answers.wording import Wording, wordings
from report.drawing.matrix_figures import along_the_diagonal
from report.findings import clarity, portability, silence, unanswered
from report.findings.causes import causes
from report.findings.changes import Changes, changes
from report.findings.claims import verdicts
from report.findings.grids import Grid
from report.findings.histories import History, Tally, crossed, histories, tallies
from report.read.cells import Cell, Results
from report.writing.listings import Listing
from report.writing.templates import render
from results.releases import Releases

SCENARIOS = "scenarios"
"""The folder of the scenarios' pages."""
WORDINGS_SHOWN = 8
WORDINGS_FOLDED = 32
PAGES = (
    "COMPATIBILITY.md",
    "ERRORS.md",
    "REPORTS.md",
    "CHANGES.md",
    "UNANSWERED.md",
    "HISTORY.md",
)


def pages(results: Results, grids: Sequence[Grid], main: Sequence[Grid]) -> dict[str, str]:
    """Write every page: path and content. Each scenario has a page of its own."""
    findings = context(results, grids, main)
    written = {name: render(f"{name}.j2", findings) for name in PAGES}
    for tally in findings["tallies"]:
        scenario = section(results, grids, tally)
        page = render("scenario.md.j2", {**findings, "scenario": scenario})
        written[f"{SCENARIOS}/{scenario.name}.md"] = page
    return written


@dataclass(frozen=True)
class Format:
    """The findings on one format between releases."""

    grid: Grid
    share: portability.Share
    loads_in: list[portability.LoadsIn]
    models: list[portability.ModelLoadsIn]


@dataclass(frozen=True)
class Section:
    """The findings on one scenario; its wordings beyond the folded ones are counted."""

    name: str
    question: str
    cause: str
    expected: str
    tally: Tally
    histories: list[History]
    crossed: list[Listing]
    formats: list[Format]
    wordings: list[Wording]
    folded: list[Wording]
    left_out: int


def context(results: Results, grids: Sequence[Grid], main: Sequence[Grid]) -> dict[str, Any]:
    """Return the variables of the templates."""
    releases = results.releases
    formats = [_format(grid, releases) for grid in main]
    first = {grid.scenario for grid in main}
    steps = changes(results, grids)
    messages = errors.entries(results)
    clearest, obscurest = clarity.best_and_worst(clarity.messages(results))
    return {
        "product": releases.product,
        "releases": releases,
        "results": results,
        "grids": grids,
        "formats": formats,
        "ranked": sorted(
            (form.share for form in formats), key=lambda share: (-share.exact, -share.pairs)
        ),
        "between": portability.by_direction(main, releases),
        "crossings": portability.crossings(main, results.majors),
        "main": main[0].scenario if main else "",
        "models": sorted({case for grid in main for case in grid.cases}),
        "tallies": sorted(tallies(results), key=lambda tally: tally.scenario not in first),
        "diagonal": along_the_diagonal(results, grids),
        "changes": [step for step in steps if step],
        "turning": _turning(steps),
        "causes": causes(results),
        "errors": messages,
        "unknown_share": errors.in_catch_all(messages),
        "clear_releases": clarity.by_release(results),
        "clearest": clearest,
        "obscurest": obscurest,
        "clear_turns": clarity.turns(results),
        "claims": verdicts(results),
        "reported": reported(results),
        "silent": silence.silent(results),
        "losses": silence.losses(results),
        "no_answer": unanswered.no_answer(results),
        "not_saved": unanswered.not_saved(results),
        "skips": unanswered.skips(results),
        "harness_errors": [cell for cell in results.cells if cell.outcome == "harness_error"],
        "outcomes": unanswered.outcomes(results),
        "environments": sorted(
            results.environments, key=lambda row: releases.positions[row["environment"]]
        ),
        "platforms": sorted({row["platform"] for row in results.environments} - {""}),
        "history": results.history,
        "timed": results.timed,
        "commit": str(results.provenance.get("git_commit") or "")[:12],
        "version": str(results.provenance.get("suite_version") or "unknown"),
    }


def _turning(steps: Sequence[Changes]) -> list[Changes]:
    """Choose the releases with most changes, at most three."""
    return sorted(steps, key=lambda change: -change.size)[:3]


def _format(grid: Grid, releases: Releases) -> Format:
    return Format(
        grid=grid,
        share=portability.share(grid, releases),
        loads_in=portability.loads_in(grid, releases),
        models=portability.models_load_in(grid, releases),
    )


def section(results: Results, grids: Sequence[Grid], tally: Tally) -> Section:
    """Return the findings of a scenario's page."""
    cells = results.scenarios[tally.scenario]
    own = [grid for grid in grids if grid.scenario == tally.scenario]
    mapped = {(grid.format, grid.api) for grid in own}
    rest = [cell for cell in cells if (cell.format, cell.api) not in mapped]
    words = wordings((cell for cell in cells if not cell.is_save), results.releases)
    shown, folded = _split(words)
    return Section(
        name=tally.scenario,
        question=tally.question,
        cause=_values(cells, "cause"),
        expected=_values(cells, "expected"),
        tally=tally,
        histories=histories(rest, results.releases),
        crossed=crossed(rest, results.releases),
        formats=[_format(grid, results.releases) for grid in own],
        wordings=shown,
        folded=folded[:WORDINGS_FOLDED],
        left_out=len(folded[WORDINGS_FOLDED:]),
    )


def _values(cells: Iterable[Cell], column: str) -> str:
    return ", ".join(sorted({str(getattr(cell, column)) for cell in cells}))


def _split(words: list[Wording]) -> tuple[list[Wording], list[Wording]]:
    """Show the commonest wordings, fold the others; both stay in the order of their releases."""
    if len(words) <= WORDINGS_SHOWN + 2:
        return words, []
    common = sorted(words, key=lambda word: -word.cells)[:WORDINGS_SHOWN]
    return (
        [word for word in words if word in common],
        [word for word in words if word not in common],
    )
