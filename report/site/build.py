"""Assemble the files of the site from the published results.

Text pages come from the report's own Markdown templates. Other pages need scripts, to look up,
filter and compare. Data are scripts too: a page that is opened from a folder may load nothing else.
Figures, downloads, badges and the paper's files come with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from plotly.offline import get_plotlyjs

from report.answers.damaged import messages_of_damaged_files
from report.drawing import matrix_figures
from report.drawing.corruption_figures import draw as draw_corruption
from report.drawing.timing_figures import draw as draw_timings
from report.products import badges, hostile_page, paper
from report.products.corruption_page import page as corruption_page
from report.products.inputs import Findings, find
from report.products.support import support
from report.products.timing_page import page as timings_page
from report.site.columns import columns, details
from report.site.downloads import Download, downloads
from report.site.lookup import lookup
from report.site.pages import Book
from report.site.scripts import script
from report.site.timed import timed

HERE = Path(__file__).parent
QUESTIONS = HERE.parent / "examples" / "five_questions.py"
REPRO = "repro.json"
SUPPORT = "support.json"


def build(data: Path) -> dict[Path, bytes]:
    """Return every file of the site by its path."""
    findings = find(data)
    results, times = findings.results, findings.timings
    offered = _offered(data, findings)
    drawn = badges.badges(findings.main, results.releases)
    book = Book(results, findings.context, dict(_texts(findings)), offered, list(drawn))
    texts = {f"data/{name}.js": text for name, text in _scripts(data, findings)}
    texts |= book.pages()
    files = {Path(name): text.encode("utf-8") for name, text in texts.items()}
    files |= {Path("files") / download.name: download.content for download in offered}
    files |= _under("figures", matrix_figures.draw(results, findings.grids, findings.main))
    files |= _under("badges", drawn)
    files |= {Path("paper") / name: content for name, content in paper.paper(findings).items()}
    files |= _under(
        "static", {path.name: path.read_bytes() for path in sorted(HERE.glob("static/*"))}
    )
    if times is not None:
        files |= _under("figures", draw_timings(times))
        files |= _under("static", {"plotly.min.js": get_plotlyjs().encode("utf-8")})
    if findings.corruption is not None:
        files |= _under("figures", draw_corruption(findings.corruption))
    return files


def _texts(findings: Findings) -> Iterator[tuple[str, str]]:
    """Yield the pages of the measurements beside the matrix, as Markdown."""
    if findings.timings is not None:
        yield "timings.html", timings_page(findings.timings)
    if findings.corruption is not None:
        yield "corruption.html", corruption_page(findings.corruption)
    if findings.hostile is not None:
        yield "hostile.html", hostile_page.page(findings.hostile)


def _under(folder: str, files: dict[str, bytes]) -> dict[Path, bytes]:
    return {Path(folder) / name: content for name, content in files.items()}


def _offered(data: Path, findings: Findings) -> list[Download]:
    """Return the downloads: the published files, and two files that are made from them."""
    statements = support(findings.grids, findings.results.releases)
    text = json.dumps(statements, indent=2, ensure_ascii=False) + "\n"
    derived = {
        SUPPORT: (
            "Since and until which release each saver's files load, as browser-compat-data has it.",
            text.encode("utf-8"),
        ),
        QUESTIONS.name: (
            "Five questions to these files, answered with pandas and with DuckDB.",
            QUESTIONS.read_bytes(),
        ),
    }
    return [*downloads(data), *(Download(name, *content) for name, content in derived.items())]


def _scripts(data: Path, findings: Findings) -> Iterator[tuple[str, str]]:
    """Yield the data by name, each as a script."""
    results = findings.results
    damaged = messages_of_damaged_files(results, findings.corruption)
    yield "cells", script("cells", columns(results.cells, results.releases))
    yield "lookup", script("lookup", lookup(results, findings.context["errors"], damaged))
    for name, cells in results.scenarios.items():
        yield f"scenarios/{name}", script(f"scenario/{name}", details(cells, results))
    rows = {row["environment"]: dict(row) for row in results.environments}
    yield "environments", script("environments", rows)
    if (data / REPRO).exists():
        yield "repro", script("repro", json.loads((data / REPRO).read_text("utf-8")))
    if findings.timings is not None:
        yield "timings", script("timings", timed(findings.timings))
