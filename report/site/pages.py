"""Fill the pages of the site."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from report.products.pages import section
from report.read.cells import Results
from report.site.downloads import Download
from report.site.prose import Prose
from report.site.scripts import inert
from report.writing.numbers import number, percent
from report.writing.outcomes import VERDICTS
from report.writing.templates import render
from results import descriptions

TEMPLATES = Path(__file__).parent / "templates"
SCENARIO = "scenario.md.j2"


@dataclass(frozen=True)
class Page:
    """A page: its file, its title, the templates of its texts, and its scripts.

    `lead` describes it in a line; `layout` is its HTML template.
    """

    file: str
    title: str
    lead: str = ""
    texts: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    layout: str = "prose.html.j2"
    listed: bool = True


BOOK = (
    Page("index.html", "Start", layout="index.html.j2"),
    Page(
        "find.html",
        "Find your error",
        "Paste an error message or a whole traceback; it stays in this page.",
        scripts=("lookup", "find"),
        layout="find.html.j2",
    ),
    Page(
        "matrix.html",
        "Matrix",
        "Every measured load, by the release that saved and the release that loaded.",
        ("between.md.j2",),
        ("columns", "repro", "panel", "matrix"),
        "matrix.html.j2",
    ),
    Page("causes.html", "Causes", texts=("causes.md.j2", "clarity.md.j2")),
    Page("silent.html", "Silent failures", texts=("silent.md.j2",)),
    Page(
        "changes.html",
        "What changed",
        texts=("changes.md.j2", "CHANGES.md.j2"),
        scripts=("columns", "compare"),
        layout="changes.html.j2",
    ),
    Page("claims.html", "Claims", texts=("claims.md.j2",)),
    Page("errors.html", "Error index", texts=("ERRORS.md.j2",)),
    Page("reports.html", "Real reports", texts=("REPORTS.md.j2",)),
    Page("scenarios.html", "Scenarios", texts=("scenarios.md.j2", "unanswered.md.j2")),
    Page(
        "timings.html",
        "Timings",
        scripts=("plotly.min", "timings"),
        layout="timings.html.j2",
    ),
    Page("corruption.html", "Damaged files"),
    Page("hostile.html", "A stranger's file"),
    Page("method.html", "Method and limits", texts=("limits.md.j2",), layout="method.html.j2"),
    Page("data.html", "Data", layout="data.html.j2"),
    Page(
        "history.html",
        "What changed in the findings",
        texts=("HISTORY.md.j2",),
        listed=False,
    ),
    Page("unanswered.html", "Without an answer", texts=("UNANSWERED.md.j2",), listed=False),
)

OWN = ("timings.html", "corruption.html", "hostile.html")
"""The pages that are there if there is something to tell on them."""


class Book:
    """All pages of one set of results; `texts` are the Markdown of those that have their own."""

    def __init__(
        self,
        results: Results,
        context: Mapping[str, Any],
        texts: Mapping[str, str],
        downloads: Sequence[Download],
        badges: Sequence[str],
    ) -> None:
        self.results, self.context, self.texts = results, dict(context), texts
        self.listed = [page for page in BOOK if self._has(page)]
        self.downloads, self.badges = downloads, badges

    def _has(self, page: Page) -> bool:
        return page.file not in OWN or page.file in self.texts

    def pages(self) -> dict[str, str]:
        """Return every page by its file."""
        written = {page.file: self._page(page) for page in self.listed}
        for tally in self.context["tallies"]:
            scenario = section(self.results, self.context["grids"], tally)
            name = f"scenarios/{scenario.name}.html"
            page = Page(name, scenario.question, texts=(SCENARIO,))
            written[page.file] = self._page(page, up="../", scenario=scenario)
        return written

    def _page(self, page: Page, up: str = "", **values: Any) -> str:
        prose = Prose(self.results.named, up)
        context = self.context | values
        texts = [Markup(prose.html(render(name, context))) for name in page.texts]
        if page.file in self.texts:
            texts = [Markup(prose.html(self.texts[page.file]))]
        return self._templates.get_template(page.layout).render(
            context,
            page=page,
            texts=texts,
            up=up,
            menu=[page for page in self.listed if page.listed],
            prose=lambda name: Markup(prose.html(render(name, context))),
            totals=self._totals,
            downloads=self.downloads,
            described=self._described,
            badges=self._some_badges,
            verdicts={**VERDICTS, "not_applicable": "not applicable"},
        )

    @cached_property
    def _totals(self) -> dict[str, Any]:
        """Count the loads of the start page, and write the share of each verdict."""
        tallies = self.context["tallies"]
        loads = sum(tally.loads for tally in tallies)
        return {
            "loads": loads,
            "scenarios": len(tallies),
            "shares": {
                name: percent(sum(getattr(tally, name) for tally in tallies), loads)
                for name in ("works", "refused", "silent", "broken")
            },
        }

    @cached_property
    def _described(self) -> Markup:
        """Return the data's JSON-LD, with the addresses of the files on the site."""
        files = {file.name: file for file in self.downloads}
        described = json.loads(files[descriptions.CROISSANT].content)
        for file in described["distribution"]:
            file["contentUrl"] = f"files/{file['contentUrl']}"
        return Markup(inert(described))

    @cached_property
    def _some_badges(self) -> list[str]:
        """Choose a few badges to show: the newest saver's, one of each format."""
        of_savers = [name for name in self.badges if name.count("/") == 1]
        return list({name.partition("/")[0]: name for name in of_savers}.values())

    @cached_property
    def _templates(self) -> Environment:
        templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        templates.filters["thousands"] = number
        return templates
