"""Does every text get an answer, in the terminal and in the browser?

The texts are all published wordings, the collected reports, and variations of both.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Error, sync_playwright
from variations import variations

from experiments.config.schema import ROOT
from report.answers.explain import NoText, explain, pasted
from report.answers.search import parsed
from report.read.cells import Results, read
from report.site.browser import launched, program

PUBLISHED = ROOT / "results" / "published"
REPORTS = (ROOT.parent / "shared").glob("reports*.jsonl")
VARIATIONS = int(os.environ.get("KERAS_LOAD_MATRIX_VARIATIONS", "200"))
"""The number of drawn variations; the variable raises it now and then."""
pytestmark = pytest.mark.whole


@cache
def results() -> Results:
    return read(PUBLISHED)


@cache
def wordings() -> tuple[str, ...]:
    """Every published wording, as Python prints it."""
    pairs = {(cell.error, cell.error_message) for cell in results().cells}
    return tuple(sorted(f"{error}: {text}" for error, text in pairs if error or text))


@cache
def reports() -> tuple[str, ...]:
    """The reported errors: from the repository, and from collections beside it."""
    texts = [
        str(report["said"])
        for topic in results().declared("report").values()
        for report in topic["reports"].values()
        if report.get("said")
    ]
    for path in sorted(REPORTS):
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        texts += [str(line["error_text"]) for line in lines if line.get("error_text")]
    return tuple(sorted({text for text in texts if any(letter.isalpha() for letter in text)}))


def answered(text: str) -> str:
    """Return the answer of the terminal, or its reason for no answer."""
    try:
        error = parsed(pasted([text], None))
    except NoText as fault:
        return str(fault)
    return "\n".join(explain(results(), error))


def test_every_published_wording_has_an_answer() -> None:
    for text in wordings():
        assert answered(text).splitlines()[0], text


def test_every_report_has_an_answer() -> None:
    assert len(reports()) > 30
    for text in reports():
        assert answered(text).splitlines()[0], text


@settings(max_examples=VARIATIONS, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.data())
def test_every_variation_has_an_answer(data: st.DataObject) -> None:
    assert answered(data.draw(variations((*wordings(), *reports()))))


ASK = """
async (texts) => {
  const box = document.getElementById("text");
  const answer = document.getElementById("answer");
  const silent = [];
  for (const text of texts) {
    box.value = text;
    answer.replaceChildren();
    document.getElementById("find").requestSubmit();
    for (let i = 0; i < 200 && !/[^…\\s]$/.test(answer.textContent); i++)
      await new Promise((next) => setTimeout(next, i && 10));
    if (!/[^…\\s]$/.test(answer.textContent)) silent.push(text);
  }
  return silent;
}
"""
"""Look up each text as a reader does; return the texts without an answer."""


class Asker:
    """A page that answers, and its script errors."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.faults = folder, list[str]()

    def silent(self, texts: Sequence[str]) -> list[str]:
        """Return the texts without an answer."""
        with sync_playwright() as playwright, launched(playwright) as browser:
            page = browser.new_page()
            page.on("pageerror", lambda fault: self.faults.append(str(fault)))
            page.goto((self.folder / "find.html").as_uri())
            try:
                return list(page.evaluate(ASK, list(texts)))
            except Error as error:
                return [str(error)]


@pytest.fixture(scope="module")
def asker(published_site: Path) -> Asker:
    if not program():
        pytest.skip("there is no Chromium: apt-get install chromium")
    return Asker(published_site)


def drawn(count: int) -> list[str]:
    """Draw this number of variations."""
    texts: list[str] = []

    @settings(max_examples=count, database=None, suppress_health_check=[*HealthCheck])
    @given(variations((*wordings(), *reports())))
    def draw(text: str) -> None:
        texts.append(text)

    draw()
    return texts


def test_the_browser_answers_every_text(asker: Asker) -> None:
    texts = wordings() if VARIATIONS > 1000 else random.Random(1).sample(wordings(), 300)
    assert asker.silent([*texts, *reports(), *drawn(VARIATIONS)]) == []
    assert asker.faults == []
