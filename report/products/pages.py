"""What does the reader see? Fills the page's templates with the rows of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.answers import errors
from report.answers.reported import reported
from report.answers.wording import Wording, one_line, shortened, wordings
from report.drawing.matrix_figures import along_the_diagonal
from report.findings import between, clarity, places, rows
from report.findings.causes import causes
from report.findings.changes import Changes, changes
from report.findings.claims import verdicts
from report.findings.grids import Grid
from report.findings.histories import History, Tally, histories, tallies
from report.read.cells import Cell, Results
from results.releases import Releases

TEMPLATES = Path(__file__).parent.parent / "templates"
SCENARIOS = "scenarios"
"""The folder of their pages."""
WORDINGS_SHOWN = 8
WORDINGS_FOLDED = 32
BAD = ("silent", "broken")
_SPECIAL = re.compile(r"[&<>|*`\[\]$\\~#@]|(?<!\w)_|_(?!\w)")


PAGES = (
    *("COMPATIBILITY.md", "ERRORS.md", "REPORTS.md", "CHANGES.md", "UNANSWERED.md"),
    "HISTORY.md",
)


def pages(results: Results, grids: Sequence[Grid], main: Sequence[Grid]) -> dict[str, str]:
    """Write every page: path and content. Each scenario has a page of its own."""
    known = context(results, grids, main)
    found = {name: written(f"{name}.j2", known) for name in PAGES}
    for tally in known["tallies"]:
        one = section(results, grids, tally)
        found[f"{SCENARIOS}/{one.name}.md"] = written("scenario.md.j2", {**known, "one": one})
    return found


def written(template: str, context: dict[str, Any]) -> str:
    """Fill a template."""
    return _tidy(_templates().get_template(template).render(context))


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # what comes from the data goes through `code` or `plain`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.globals["share"] = share
    templates.filters |= {
        "code": code,
        "plain": plain,
        "shortened": shortened,
        "stressed": stressed,
        "number": rows.number,
        "share": share,
    }
    return templates


def code(text: str) -> str:
    """Show text as it is, on one line, also inside a table."""
    if not text:
        return ""
    line = one_line(text).replace("|", r"\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}"


def plain(text: str) -> str:
    """Show text as prose: nothing in it is markup."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", one_line(text))


def stressed(word: str) -> str:
    """Make the states that hurt stand out."""
    return f"**{word}**" if word.startswith(BAD) else word


def share(part: int, whole: int) -> str:
    """Write a share; nothing stands out less than 0 %."""
    return rows.percent(part, whole) if part else rows.DASH


@dataclass(frozen=True)
class Format:
    """A format's part of the section between releases."""

    grid: Grid
    share: between.Share
    loads_in: list[between.LoadsIn]
    models: list[between.ModelLoadsIn]


@dataclass(frozen=True)
class Section:
    """One scenario."""

    name: str
    question: str
    cause: str
    expected: str
    tally: Tally
    histories: list[History]
    crossed: list[places.Place]
    formats: list[Format]
    wordings: list[Wording]
    folded: list[Wording]
    left_out: int


def context(results: Results, grids: Sequence[Grid], main: Sequence[Grid]) -> dict[str, Any]:
    """Return what the templates know."""
    releases = results.releases
    formats = [_format(grid, releases) for grid in main]
    first = {grid.scenario for grid in main}
    tallied = sorted(tallies(results), key=lambda one: one.scenario not in first)
    found = changes(results, grids)
    families = errors.entries(results)
    clearest, obscurest = clarity.best_and_worst(clarity.families(results))
    return {
        "product": releases.product,
        "releases": releases,
        "results": results,
        "grids": grids,
        "formats": formats,
        "ranked": sorted(
            (found.share for found in formats), key=lambda one: (-one.exact, -one.pairs)
        ),
        "between": between.between(main, releases),
        "crossings": between.crossings(main, results.majors),
        "main": main[0].scenario if main else "",
        "models": sorted({case for grid in main for case in grid.cases}),
        "tallies": tallied,
        "diagonal": along_the_diagonal(results, grids),
        "changes": [change for change in found if change],
        "turning": _turning(found),
        "causes": causes(results),
        "errors": families,
        "unknown_share": errors.in_catch_all(families),
        "clear_releases": clarity.by_release(results),
        "clearest": clearest,
        "obscurest": obscurest,
        "clear_turns": clarity.turns(results),
        "claims": verdicts(results),
        "reported": reported(results),
        "silent": places.silent(results),
        "losses": places.losses(results),
        "no_answer": places.no_answer(results),
        "not_saved": places.not_saved(results),
        "skips": places.skips(results),
        "harness_errors": [cell for cell in results.cells if cell.outcome == "harness_error"],
        "outcomes": places.outcomes(results),
        "environments": sorted(
            results.environments, key=lambda row: releases.places[row["environment"]]
        ),
        "platforms": sorted({row["platform"] for row in results.environments} - {""}),
        "history": results.history,
        "timed": results.timed,
        "commit": str(results.provenance.get("git_commit") or "")[:12],
        "version": str(results.provenance.get("suite_version") or "unknown"),
    }


def _turning(found: Sequence[Changes]) -> list[Changes]:
    """Choose the releases after which most is different, at most three."""
    return sorted(found, key=lambda change: -change.size)[:3]


def _format(grid: Grid, releases: Releases) -> Format:
    return Format(
        grid=grid,
        share=between.share(grid, releases),
        loads_in=between.loads_in(grid, releases),
        models=between.models_load_in(grid, releases),
    )


def section(results: Results, grids: Sequence[Grid], tally: Tally) -> Section:
    """Return what a scenario's page tells."""
    cells = results.scenarios[tally.scenario]
    own = [grid for grid in grids if grid.scenario == tally.scenario]
    between = {(grid.format, grid.api) for grid in own}
    rest = [cell for cell in cells if (cell.format, cell.api) not in between]
    words = wordings((cell for cell in cells if not cell.is_save), results.releases)
    shown, folded = _split(words)
    return Section(
        name=tally.scenario,
        question=tally.question,
        cause=_together(cells, "cause"),
        expected=_together(cells, "expected"),
        tally=tally,
        histories=histories(rest, results.releases),
        crossed=places.crossed(rest, results.releases),
        formats=[_format(grid, results.releases) for grid in own],
        wordings=shown,
        folded=folded[:WORDINGS_FOLDED],
        left_out=len(folded[WORDINGS_FOLDED:]),
    )


def _together(cells: Iterable[Cell], column: str) -> str:
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
