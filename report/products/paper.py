r"""What does a paper need? Tables as LaTeX (booktabs), figures as PDF, each with its caption.

`paper.tex` has all of them, to be taken apart: `\input` a table, or copy a figure's environment.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pylatexenc.latexencode import (
    RULE_DICT,
    UnicodeToLatexConversionRule,
    UnicodeToLatexEncoder,
)

from report.answers.wording import one_line
from report.drawing import matrix_figures
from report.drawing.corruption_figures import draw as draw_corruption
from report.drawing.shapes import PDF
from report.drawing.timing_figures import draw as draw_timings
from report.drawing.timing_figures import often
from report.findings.everything import Findings, find
from report.findings.grids import Grid
from report.products.building import Product

TEMPLATES = Path(__file__).parent.parent / "templates"
ERRORS = 12
"""Families of errors in the table: those with the most cells."""
ENCODER = UnicodeToLatexEncoder(
    conversion_rules=[
        UnicodeToLatexConversionRule(RULE_DICT, {ord('"'): r"{\textquotedbl}"}),
        "defaults",
    ],
    unknown_char_policy="replace",
    unknown_char_warning=False,
)


def text(value: object) -> str:
    """Write a value as LaTeX shows it: nothing in it is a command."""
    found: str = ENCODER.unicode_to_latex(one_line(str(value)))
    return found


@dataclass(frozen=True)
class Table:
    """A table: name of its file, caption, rows; numbers stand at the right.

    `widths` are those of columns whose lines are broken, as parts of the line's.
    """

    name: str
    caption: str
    rows: pd.DataFrame
    widths: Mapping[str, float] = field(default_factory=dict)

    def latex(self) -> str:
        """Write it with booktabs."""
        shown = self.rows.rename(columns=text)
        cells = shown.map(text)
        styled = cells.style.hide(axis="index")
        return str(
            styled.to_latex(
                hrules=True,
                position="t",
                position_float="centering",
                caption=text(self.caption),
                label=f"tab:{self.name}",
                column_format="".join(self._column(str(name)) for name in self.rows),
            )
        )

    def _column(self, name: str) -> str:
        """Return how LaTeX sets a column."""
        if name in self.widths:
            return rf">{{\raggedright\arraybackslash}}p{{{self.widths[name]}\linewidth}}"
        return "r" if pd.api.types.is_numeric_dtype(self.rows[name]) else "l"


@dataclass(frozen=True)
class Drawn:
    """A figure: name of its file and caption, as LaTeX."""

    name: str
    caption: str

    @property
    def shown(self) -> str:
        """The caption as LaTeX."""
        return text(self.caption)


def build(data: Path) -> dict[Path, bytes]:
    """Return the files by path: `paper.tex`, `tables/*.tex`, `figures/*.pdf`."""
    return paper(find(data))


def paper(found: Findings) -> dict[Path, bytes]:
    """Return the files of what was found; see `build`."""
    timed = found.timings
    drawings = matrix_figures.draw(found.results, found.grids, found.main, PDF)
    captions = dict(_captions(found.grids, found.main))
    if timed is not None:
        drawings |= draw_timings(timed, PDF)
        captions |= TIMED
    if found.corruption is not None:
        drawings |= draw_corruption(found.corruption, PDF)
        captions |= DAMAGED
    figures = [
        Drawn(name, captions[name] + (f" {often(timed)}" if timed and name in TIMED else ""))
        for name in (Path(file).stem for file in drawings)
        if name in captions
    ]
    tables = list(_tables(found.context))
    whole = _templates().get_template("paper.tex.j2").render(tables=tables, figures=figures)
    files = {Path("paper.tex"): whole.encode("utf-8")}
    files |= {Path("tables") / f"{one.name}.tex": one.latex().encode("utf-8") for one in tables}
    files |= {Path("figures") / f"{one.name}.pdf": drawings[f"{one.name}.pdf"] for one in figures}
    return files


TIMED = {
    "timings-formats": "Time of a load by way to load, release and size of the model.",
    "timings-ratio": "Time of a load over that of reading its bytes without Keras, by release.",
    "timings-scaling": "Time of a load against the number of parameters.",
    "timings-control": "What is found between an environment and itself.",
    "timings-profile": "Where the time of the slowest loads goes.",
}

DAMAGED = {
    "corruption-formats": "What becomes of a damaged file, by format.",
    "corruption-places": "What becomes of a damaged file, by format and by what is damaged in it.",
}


def _captions(found: Sequence[Grid], main: Sequence[Grid]) -> Iterator[tuple[str, str]]:
    models = ", ".join(sorted({case for grid in main for case in grid.cases}))
    yield (
        "headline",
        "Releases that save (rows) against releases that load (columns), one map per format. "
        f"Models taken together: {models}.",
    )
    yield "scenarios", "Scenarios in which each release loads its own files, release by release."
    for grid in found:
        if grid in main:
            yield grid.name, f"Format {grid.format}, loaded by {grid.api}, model by model."


def _tables(context: Mapping[str, object]) -> Iterator[Table]:
    shares = [one.share for one in context["formats"]]  # type: ignore[attr-defined]
    if shares:
        yield Table(
            "formats",
            "Pairs of releases in which every model, some models or none load as saved, and in "
            "which a load is silently wrong, by format.",
            pd.DataFrame(
                {
                    "Format": [one.format for one in shares],
                    "Saved by": [one.call for one in shares],
                    "Pairs": [one.pairs for one in shares],
                    "Every": [one.every for one in shares],
                    "Some": [one.some for one in shares],
                    "None": [one.none for one in shares],
                    "Silent": [one.silent for one in shares],
                }
            ),
        )
    causes = context["causes"]
    yield Table(
        "causes",
        "Loads by what was done to the file or the model, and by what should happen.",
        pd.DataFrame(
            [
                {
                    "Cause": one.name,
                    "Should": one.expected,
                    "Loads": one.loads,
                    "Works": one.works,
                    "Refused": one.refused,
                    "Silent": one.silent,
                    "Broken": one.broken,
                }
                for one in causes  # type: ignore[attr-defined]
            ]
        ),
    )
    entries = sorted(context["errors"], key=lambda one: -len(one.cells))[:ERRORS]  # type: ignore[call-overload]
    yield Table(
        "errors",
        "The families of errors that most loads and saves end in.",
        pd.DataFrame(
            [
                {
                    "Family": one.name,
                    "Class": one.classes.replace("`", ""),
                    "Releases": one.releases,
                    "Cells": len(one.cells),
                }
                for one in entries
            ]
        ),
        {"Class": 0.22, "Releases": 0.32},
    )


def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # what comes from the data goes through `text`
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


PAPER = Product(
    "python -m report.products.paper",
    str(__doc__),
    Path("build/paper"),
    first=Path("paper.tex"),
    mark=Path("tables/causes.tex"),
    build=build,
)
main = PAPER.main

if __name__ == "__main__":
    sys.exit(main())
