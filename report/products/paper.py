r"""Writes tables as LaTeX (booktabs) and figures as PDF, each with its caption, for a paper.

`paper.tex` has all of them, to copy from: `\input` a table, or copy a figure's environment.
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

from report.drawing import matrix_figures
from report.drawing.corruption_figures import draw as draw_corruption
from report.drawing.shapes import PDF
from report.drawing.timing_figures import draw as draw_timings
from report.drawing.timing_figures import note_on_rounds
from report.findings.grids import Grid
from report.products.building import Product
from report.products.inputs import Findings, find
from report.writing.text import one_line

TEMPLATES = Path(__file__).parent.parent / "templates"
ERRORS = 12
"""Messages in the table: those with the most cells."""
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
    latex: str = ENCODER.unicode_to_latex(one_line(str(value)))
    return latex


@dataclass(frozen=True)
class Table:
    """A table: name of its file, caption, rows; numbers stand at the right.

    `widths` are those of columns with wrapped lines, as parts of the line width.
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


def paper(findings: Findings) -> dict[Path, bytes]:
    """Return the files of some findings; see `build`."""
    timed = findings.timings
    drawings = matrix_figures.draw(findings.results, findings.grids, findings.main, PDF)
    captions = dict(_captions(findings.grids, findings.main))
    if timed is not None:
        drawings |= draw_timings(timed, PDF)
        captions |= TIMED
    if findings.corruption is not None:
        drawings |= draw_corruption(findings.corruption, PDF)
        captions |= DAMAGED
    figures = [
        Drawn(
            name, captions[name] + (f" {note_on_rounds(timed)}" if timed and name in TIMED else "")
        )
        for name in (Path(file).stem for file in drawings)
        if name in captions
    ]
    tables = list(_tables(findings.context))
    document = _templates().get_template("paper.tex.j2").render(tables=tables, figures=figures)
    files = {Path("paper.tex"): document.encode("utf-8")}
    files |= {Path("tables") / f"{item.name}.tex": item.latex().encode("utf-8") for item in tables}
    files |= {
        Path("figures") / f"{item.name}.pdf": drawings[f"{item.name}.pdf"] for item in figures
    }
    return files


TIMED = {
    "timings-formats": "Time of a load by way to load, release and size of the model.",
    "timings-ratio": "Ratio of the time of a load to the raw read time, by release.",
    "timings-scaling": "Time of a load against the number of parameters.",
    "timings-control": "Differences between an environment and its controls.",
    "timings-profile": "Time of the slowest loads by function.",
}

DAMAGED = {
    "corruption-formats": "The result of loading a damaged file, by format.",
    "corruption-places": "The result of loading a damaged file, by format and by the damaged part.",
}


def _captions(grids: Sequence[Grid], main: Sequence[Grid]) -> Iterator[tuple[str, str]]:
    models = ", ".join(sorted({case for grid in main for case in grid.cases}))
    yield (
        "headline",
        "Releases that save (rows) against releases that load (columns), one map per format. "
        f"Models taken together: {models}.",
    )
    yield "scenarios", "Scenarios in which each release loads its own files, release by release."
    for grid in grids:
        if grid in main:
            yield grid.name, f"Format {grid.format}, loaded by {grid.api}, model by model."


def _tables(context: Mapping[str, object]) -> Iterator[Table]:
    shares = [entry.share for entry in context["formats"]]  # type: ignore[attr-defined]
    if shares:
        yield Table(
            "formats",
            "Pairs of releases by format: every model, some models or no model loads as saved, or "
            "a load is silently wrong.",
            pd.DataFrame(
                {
                    "Format": [entry.format for entry in shares],
                    "Saved by": [entry.call for entry in shares],
                    "Pairs": [entry.pairs for entry in shares],
                    "Every": [entry.every for entry in shares],
                    "Some": [entry.some for entry in shares],
                    "None": [entry.none for entry in shares],
                    "Silently wrong": [entry.silent for entry in shares],
                }
            ),
        )
    causes = context["causes"]
    yield Table(
        "causes",
        "Loads by cause and by expected result: the file should load, or be rejected.",
        pd.DataFrame(
            [
                {
                    "Cause": entry.name,
                    "Expected": {"refuse": "reject"}.get(entry.expected, entry.expected),
                    "Loads": entry.loads,
                    "As saved": entry.works,
                    "Rejected": entry.refused,
                    "Silently wrong": entry.silent,
                    "Fails": entry.broken,
                }
                for entry in causes  # type: ignore[attr-defined]
            ]
        ),
    )
    entries = sorted(context["errors"], key=lambda entry: -len(entry.cells))[:ERRORS]  # type: ignore[call-overload]
    yield Table(
        "errors",
        "The messages with which most loads and saves end.",
        pd.DataFrame(
            [
                {
                    "Message": entry.name,
                    "Class": entry.classes.replace("`", ""),
                    "Releases": entry.releases,
                    "Cells": len(entry.cells),
                }
                for entry in entries
            ]
        ),
        {"Class": 0.22, "Releases": 0.32},
    )


def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # text from the published files goes through `text`
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
