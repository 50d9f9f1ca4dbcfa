"""Does the site work in a browser, for the tasks of its users?"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from site_support import ParsedPage, lost_links

from report.answers.blames import likely
from report.answers.damaged import Wording, messages_of_damaged_files
from report.answers.explain import causes, matching_cells
from report.answers.search import Index, parsed
from report.read import corruption
from report.read.cells import Results, read
from report.site.browser import launched, program
from results import repro

PUBLISHED = Path(__file__).parent.parent / "results" / "published"
PAGES = [
    *("index", "find", "matrix", "causes", "silent", "changes", "claims", "errors", "reports"),
    *("scenarios", "timings", "method", "data", "history", "unanswered", "scenarios/round_trip"),
]
pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(not program(), reason="there is no Chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def results() -> Results:
    return read(PUBLISHED)


def test_no_link_is_broken(published_site: Path) -> None:
    files = {
        PurePosixPath(path.relative_to(published_site))
        for path in published_site.rglob("*")
        if path.is_file()
    }
    pages = {
        path: ParsedPage((published_site / path).read_text("utf-8"))
        for path in files
        if path.suffix == ".html"
    }
    assert sum(len(parsed.links) for parsed in pages.values()) > 1000
    assert list(lost_links(pages, files)) == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launched(playwright) as started:
        yield started


class Reader:
    """A user with a new browser window; records script errors and requested addresses."""

    def __init__(self, browser: Browser, published_site: Path, **settings: Any) -> None:
        self.site = published_site
        self.context = browser.new_context(**settings)
        self.faults: list[str] = []
        self.requested: list[str] = []
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on(
            "console",
            lambda line: self.faults.append(line.text) if line.type == "error" else None,
        )
        self.context.on("request", lambda request: self.requested.append(request.url))

    def open(self, name: str) -> Page:
        page, _, anchor = name.partition("#")
        self.page.goto((self.site / f"{page}.html").as_uri() + (f"#{anchor}" if anchor else ""))
        return self.page

    def close(self) -> None:
        self.context.close()
        assert self.faults == []
        assert [url for url in self.requested if not re.match("file:|blob:|data:", url)] == []


@pytest.fixture
def reader(browser: Browser, published_site: Path) -> Iterator[Reader]:
    user = Reader(browser, published_site, permissions=["clipboard-read", "clipboard-write"])
    yield user
    user.close()


def count(page: Page) -> int:
    """Return the number of selected cells."""
    return int(re.sub(r"\D", "", page.locator("#count").inner_text().split(" of ")[0]))


def test_from_a_pasted_error_to_a_cell_and_its_script(reader: Reader, results: Results) -> None:
    page = reader.open("index")
    page.get_by_label("Find your error").fill("ValueError: Unknown layer: Functional")
    page.get_by_role("button", name="Explain").click()
    page.wait_for_selector("#answer h2")
    assert "find.html#error=" in page.url
    page.locator("#answer ul.cells a").first.click()
    page.wait_for_selector("#panel h2")
    cell = page.locator("#panel code").first.inner_text()
    assert cell in results.named
    page.get_by_role("button", name="Show the scripts").click()
    copy = page.get_by_role("button", name=re.compile(r"Copy \w+\.py")).first
    copy.click()
    page.wait_for_function("document.body.innerText.includes('Copied')")
    pasted = page.evaluate("navigator.clipboard.readText()")
    row = vars(results.named[cell])
    pieces = json.loads((PUBLISHED / "repro.json").read_text("utf-8"))
    assert pasted.replace("\r\n", "\n") == next(iter(repro.scripts(pieces, row).values()))


def test_the_browser_writes_the_scripts_of_the_suite(reader: Reader, results: Results) -> None:
    pieces = json.loads((PUBLISHED / "repro.json").read_text("utf-8"))
    cells = random.Random(3).sample(list(results.cells), 40)
    page = reader.open("matrix")
    page.wait_for_selector("#tool:not([hidden])")
    page.evaluate("klm.need('repro').then((pieces) => { window.pieces = pieces; })")
    page.wait_for_function("window.pieces")
    for cell in cells:
        row = vars(cell)
        scripts = page.evaluate("(row) => klm.repro.scripts(window.pieces, row)", row)
        assert scripts == repro.scripts(pieces, row), cell.cell


def answer(results: Results, text: str) -> dict[str, Any]:
    """Return the parts of an answer that the terminal and the browser share."""
    error = parsed(text)
    cells, groups = matching_cells(results, error), causes(results, error)
    ranking = [blame for group in groups.values() for blame in group]
    entries = Counter(cell.error_family for cell in cells).most_common(1)
    return {
        "causes": [(cause, likely(group, ranking)) for cause, group in groups.items()],
        "cells": len(cells),
        "entry": entries[0][0] if entries else "",
        "rejected": {cell.verdict for cell in cells} == {"refused"},
    }


def test_the_browser_gives_the_answer_of_explain(reader: Reader, results: Results) -> None:
    """The texts are all reported messages, messages of cells, cut messages and other texts."""
    chance = random.Random(5)
    texts = [
        str(report["said"])
        for topic in results.declared("report").values()
        for report in topic["reports"].values()
        if report.get("said")
    ]
    failed = [cell for cell in results.cells if cell.error_type]
    texts += [f"{cell.error}: {cell.error_message}" for cell in chance.sample(failed, 60)]
    texts += [text[: len(text) // 2] for text in chance.sample(texts, 20)]
    texts += ["Traceback (most recent call last):\n  File x\nKeyError: 'a'", "no such thing at all"]
    page = reader.open("find")
    page.evaluate(
        "klm.need('lookup').then((data) => { window.finder = new klm.lookup.Lookup(data); })"
    )
    page.wait_for_function("window.finder")
    assert [
        (text, shown, answer(results, text))
        for text in texts
        if (shown := shown_answer(page.evaluate("(text) => window.finder.explain(text)", text)))
        != answer(results, text)
    ] == []


def shown_answer(explanation: dict[str, Any] | None) -> dict[str, Any]:
    """Return the same parts of the browser's answer."""
    if explanation is None:
        return {"causes": [], "cells": 0, "entry": "", "rejected": False}
    causes = [(cause["cause"], cause["likely"]) for cause in explanation["causes"]]
    entry = explanation["entry"]["name"]
    return {key: explanation[key] for key in ("cells", "rejected")} | {
        "causes": causes,
        "entry": entry,
    }


def test_a_message_of_damaged_files_alone_is_found_as_by_explain(
    reader: Reader, results: Results
) -> None:
    damaged = messages_of_damaged_files(results, corruption.read(PUBLISHED))
    index = Index(damaged)
    texts = [f"{wording.error}: {wording.error_message}" for wording in damaged]
    texts.append("no such thing at all")
    assert len(texts) > 20
    page = reader.open("find")
    page.evaluate(
        "klm.need('lookup').then((data) => { window.finder = new klm.lookup.Lookup(data); })"
    )
    page.wait_for_function("window.finder")
    for text in texts:
        answers = page.evaluate("(text) => window.finder.ofDamaged(text)", text)
        messages = [wording.error_message for wording in matched(index, text)]
        assert sorted(shown["message"] for shown in answers) == sorted(messages), text


def matched(index: Index[Wording], text: str) -> list[Wording]:
    return [wording for match in index.matches(parsed(text)) for wording in match.cells]


def test_a_message_that_no_cell_has_leads_to_the_damaged_files(reader: Reader) -> None:
    page = reader.open("find")
    text = "NotImplementedError: That compression method is not supported"
    page.get_by_label("Error message or traceback").fill(text)
    page.get_by_role("button", name="Explain").click()
    page.get_by_text("damaged files ended with it: keras").wait_for()
    page.get_by_role("link", name="Results of loading damaged files").click()
    page.wait_for_url("**/corruption.html")


def test_a_newcomer_reaches_a_cause_in_two_clicks(reader: Reader, results: Results) -> None:
    """After a paste and a click, a cause of the report is among the first three causes."""
    reports = [
        (str(report["said"]), set(report["causes"]))
        for topic in results.declared("report").values()
        for report in topic["reports"].values()
        if report.get("said") and report.get("causes") and report.get("cells")
    ]
    reached = 0
    for text, named in random.Random(7).sample(reports, 10):
        page = reader.open("index")
        page.get_by_label("Find your error").fill(text)
        page.get_by_role("button", name="Explain").click()
        page.wait_for_selector("#answer p")
        page.wait_for_function("!document.getElementById('answer').innerText.includes('Looking')")
        shown = page.locator("#answer ol.causes > li > strong").all_inner_texts()[:3]
        reached += bool({cause.replace("_", " ") for cause in named} & set(shown))
    assert reached >= 8


def test_filters_count_and_a_shared_link_shows_the_same(
    reader: Reader, browser: Browser, published_site: Path, results: Results
) -> None:
    page = reader.open("matrix")
    page.wait_for_selector("#tool:not([hidden])")
    assert count(page) == len(results.cells)
    page.locator("#filters summary", has_text="Verdict").click()
    page.get_by_label(re.compile("^ ?silent")).check()
    page.locator("#filters summary", has_text="Format").click()
    page.get_by_label(re.compile("^ ?h5 ")).check()
    selected = sum(cell.verdict == "silent" and cell.format == "h5" for cell in results.cells)
    assert count(page) == selected
    page.locator("#list thead button", has_text="Loaded with").click()
    first = page.locator("#list tbody tr").first.inner_text()
    friend = Reader(browser, published_site)
    friend.page.goto(page.url)
    friend.page.wait_for_selector("#tool:not([hidden])")
    assert count(friend.page) == selected
    assert friend.page.locator("#list tbody tr").first.inner_text() == first
    friend.close()
    page.go_back()
    page.go_back()
    assert count(page) == sum(cell.verdict == "silent" for cell in results.cells)


def test_the_map_leads_to_a_pair_and_on_to_a_cell_by_the_keyboard(reader: Reader) -> None:
    page = reader.open("matrix#scenario=round_trip&format=h5")
    page.wait_for_selector("#map button")
    page.locator("#map button[tabindex='0']").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "saved_with=" in page.url
    assert "loaded_with=" in page.url
    page.locator("#list tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel h2")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.get_by_role("button", name="Close").press("Enter")
    assert page.locator("#panel").is_hidden()


def test_the_neighbours_of_a_cell_are_links_to_other_releases(
    reader: Reader, results: Results
) -> None:
    cell = next(
        cell for cell in results.cells if cell.scenario == "round_trip" and cell.verdict == "broken"
    )
    page = reader.open(f"matrix#cell={cell.cell}")
    page.wait_for_selector("#panel .strip")
    marks = page.locator("#panel .strip a").all()
    assert len(marks) > 20
    marks[0].click()
    page.wait_for_function(f"!location.hash.includes('{cell.cell}')")
    page.wait_for_selector("#panel h2")


def test_a_missing_cell_is_named(reader: Reader) -> None:
    page = reader.open("matrix#cell=round_trip/none/h5/load_model/tf-2.0/tf-2.1")
    page.locator("#panel", has_text="There is no cell").wait_for()


def test_two_releases_are_compared(reader: Reader) -> None:
    page = reader.open("changes#from=tf-2.15&to=tf-2.16")
    page.wait_for_selector("#differences p")
    text = page.locator("#differences p").inner_text()
    count = re.findall(r"([\d\u202f]+) cases? ends? differently", text)[0]
    changed = int(count.replace("\u202f", ""))
    assert changed > 100
    page.get_by_label("to", exact=True).select_option("tf-2.15")
    text = page.locator("#differences p").inner_text()
    assert "0 cases end differently" in text


def test_the_tables_are_there_without_javascript(browser: Browser, published_site: Path) -> None:
    reader = Reader(browser, published_site, java_script_enabled=False)
    for name in PAGES:
        page = reader.open(name)
        assert page.locator("h1").is_visible()
        if name not in ("find", "data"):
            assert page.locator("table").count(), name
    reader.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_screen(
    browser: Browser, published_site: Path, width: int
) -> None:
    reader = Reader(browser, published_site, viewport={"width": width, "height": 800})
    wide = []
    for name in PAGES:
        page = reader.open(name)
        if name == "matrix":
            page.wait_for_selector("#list table")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(name)
    assert wide == []
    reader.close()


def test_the_theme_is_kept(reader: Reader) -> None:
    page = reader.open("causes")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != paper
    reader.open("silent")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_the_start_page_is_small(reader: Reader) -> None:
    """The first load is at most two megabytes; a benchmark measures its time."""
    reader.open("index").wait_for_load_state("load")
    parts = [Path(unquote(url.removeprefix("file://"))) for url in reader.requested]
    assert len(parts) > 3
    assert sum(path.stat().st_size for path in parts) <= 2_000_000


def serious(page: Page, *rules: str) -> list[tuple[str, str]]:
    """Return the violations that keep a user out, each with its first element.

    Without `rules`, all rules are checked.
    """
    # Styles cannot be read anew from a file; they are in the page already.
    options: dict[str, Any] = {"preload": False} | ({"runOnly": list(rules)} if rules else {})
    violations = Axe().run(page, options=options).response["violations"]
    return [
        (violation["id"], violation["nodes"][0]["html"][:200])
        for violation in violations
        if violation["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("theme", "rules"),
    [("light", []), ("dark", ["color-contrast"])],  # the themes differ in colours alone
)
def test_axe_finds_nothing_serious(
    browser: Browser, published_site: Path, theme: str, rules: list[str]
) -> None:
    reader = Reader(browser, published_site, color_scheme=theme)
    violations = {}
    for name in PAGES:
        page = reader.open(name)
        if name == "matrix":
            page.wait_for_selector("#list table")
        violations[name] = serious(page, *rules)
    page = reader.open("find#error=ValueError: Unknown layer: Functional")
    page.wait_for_selector("#answer h2")
    violations["an answer"] = serious(page, *rules)
    page.locator("#answer ul.cells a").first.click()
    page.wait_for_selector("#panel h2")
    page.get_by_role("button", name="Show the scripts").click()
    page.wait_for_selector("#panel .script")
    violations["a cell"] = serious(page, *rules)
    reader.close()
    assert {name: group for name, group in violations.items() if group} == {}


def test_axe_finds_a_planted_violation(browser: Browser, published_site: Path) -> None:
    reader = Reader(browser, published_site)
    page = reader.open("causes")
    page.evaluate(
        "document.querySelector('main').innerHTML += '<img src=\"figures/headline.svg\">'"
    )
    assert "image-alt" in dict(serious(page))
    page.add_style_tag(content="main p { color: #ddd; background: #eee }")
    assert "color-contrast" in dict(serious(page, "color-contrast"))
    reader.close()


def test_a_link_to_selected_timings_shows_the_same_rows(reader: Reader) -> None:
    page = reader.open("timings")
    page.wait_for_selector("#figure .main-svg")
    page.get_by_label("Measure").select_option("median_s")
    page.get_by_label("Kind of model").select_option("recurrent")
    page.locator("#explore summary").click()
    rows = page.locator("#rows tbody tr").all_inner_texts()
    assert len(rows) > 20
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("#figure .main-svg")
    page.locator("#explore summary").click()
    assert page.locator("#rows tbody tr").all_inner_texts() == rows
    page.get_by_label("Against").select_option("parameters")
    assert page.locator("#rows tbody tr").all_inner_texts() != rows


def test_hostile_text_is_shown_as_text(browser: Browser, published_site: Path) -> None:
    """Markup and scripts in a message stay text where a script puts them into a page."""
    reader = Reader(browser, published_site)
    page = reader.open("find")
    hostile = "<img src=x onerror=window.hit=1> \u202etxt \u001b[31m <script>window.hit=1</script>"
    page.evaluate(
        "(text) => document.body.append(klm.h('p', { id: 'shown' }, text, ['a', text]))", hostile
    )
    shown = page.locator("#shown").inner_text()
    assert "<img src=x" in shown
    assert "\\u202e" in shown
    assert "\u202e" not in shown
    assert page.locator("#shown img").count() == 0
    assert page.evaluate("window.hit") is None
    reader.close()


def test_the_keyboard_leads_from_an_error_to_a_script(reader: Reader) -> None:
    page = reader.open("index")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "error"
    page.keyboard.type("ValueError: Unknown layer: Functional")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer h2")
    page.wait_for_function("document.activeElement.id === 'answer'")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('ul.cells') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel h2")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Show the scripts":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel .script")
