"""Which files make up the site, and from what?

Pages of text, from the report's own Markdown templates; pages that need a script, for what is
looked up, filtered and compared; data as scripts, because a page that was opened from a folder may
load those and nothing else; figures, downloads, badges, and what stands beside them.
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
from report.site.columns import columns
from report.site.details import details
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
    found = find(data)
    results, times = found.results, found.timings
    offered = _offered(data, found)
    drawn = badges.badges(found.main, results.releases)
    book = Book(results, found.context, dict(_texts(found)), offered, list(drawn))
    texts = {f"data/{name}.js": text for name, text in _scripts(data, found)}
    texts |= book.pages()
    files = {Path(name): text.encode("utf-8") for name, text in texts.items()}
    files |= {Path("files") / one.name: one.content for one in offered}
    files |= _under("figures", matrix_figures.draw(results, found.grids, found.main))
    files |= _under("badges", drawn)
    files |= {Path("paper") / name: content for name, content in paper.paper(found).items()}
    files |= _under("static", {one.name: one.read_bytes() for one in sorted(HERE.glob("static/*"))})
    if times is not None:
        files |= _under("figures", draw_timings(times))
        files |= _under("static", {"plotly.min.js": get_plotlyjs().encode("utf-8")})
    if found.corruption is not None:
        files |= _under("figures", draw_corruption(found.corruption))
    return files


def _texts(found: Findings) -> Iterator[tuple[str, str]]:
    """Yield the pages that tell of what is measured beside the matrix, as Markdown."""
    if found.timings is not None:
        yield "timings.html", timings_page(found.timings)
    if found.corruption is not None:
        yield "corruption.html", corruption_page(found.corruption)
    if found.hostile is not None:
        yield "hostile.html", hostile_page.page(found.hostile)


def _under(folder: str, files: dict[str, bytes]) -> dict[Path, bytes]:
    return {Path(folder) / name: content for name, content in files.items()}


def _offered(data: Path, found: Findings) -> list[Download]:
    """Return what may be downloaded: the published files, and what is derived from them here."""
    statements = support(found.grids, found.results.releases)
    text = json.dumps(statements, indent=2, ensure_ascii=False) + "\n"
    more = {
        SUPPORT: (
            "Since and until which release each saver's files load, as browser-compat-data has it.",
            text.encode("utf-8"),
        ),
        QUESTIONS.name: (
            "Five questions to these files, answered with pandas and with DuckDB.",
            QUESTIONS.read_bytes(),
        ),
    }
    return [*downloads(data), *(Download(name, *one) for name, one in more.items())]


def _scripts(data: Path, found: Findings) -> Iterator[tuple[str, str]]:
    """Return the data by name, each a script that hands them over."""
    results = found.results
    damaged = messages_of_damaged_files(results, found.corruption)
    yield "cells", script("cells", columns(results.cells, results.releases))
    yield "lookup", script("lookup", lookup(results, found.context["errors"], damaged))
    for name, cells in results.scenarios.items():
        yield f"scenarios/{name}", script(f"scenario/{name}", details(cells, results))
    rows = {row["environment"]: dict(row) for row in results.environments}
    yield "environments", script("environments", rows)
    if (data / REPRO).exists():
        yield "repro", script("repro", json.loads((data / REPRO).read_text("utf-8")))
    if found.timings is not None:
        yield "timings", script("timings", timed(found.timings))
