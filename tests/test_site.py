"""Is the site complete without other hosts, and does hostile text stay text?"""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import report_data
from site_support import ParsedPage, lost_links, target

from report.read.cells import Cell, Results, read
from report.site.__main__ import main
from report.site.columns import SHOWN, columns
from report.site.lookup import Untranslatable, lookup
from report.site.prose import Prose
from report.site.scripts import script
from results.releases import Releases

pytestmark = pytest.mark.whole

HOSTILE = (
    '<script>alert(1)</script> </script><img src=x onerror="alert(2)"> [a](javascript:alert(3)) '
    "`x` | \u202etxt.exe\u202c \x1b[31mred =cmd|' /C calc'!A0 &lt; {{ 7*7 }} ${7*7} \u2028"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = report_data.rows()
    hostile = next(row for row in rows if row["outcome"] == "error")
    hostile |= {"error_message": HOSTILE, "error_family": "other"}
    error = {"no_class": {"pattern": "Unknown layer: ", "says": HOSTILE, "check": HOSTILE}}
    return report_data.write(tmp_path_factory.mktemp("data"), rows, error=error)


@pytest.fixture(scope="module")
def built(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site, to be copied."""
    out = tmp_path_factory.mktemp("site") / "out"
    assert main(["--data", str(data), "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def site(built: Path) -> dict[PurePosixPath, bytes]:
    return contents(built)


@pytest.fixture(scope="module")
def pages(site: dict[PurePosixPath, bytes]) -> dict[PurePosixPath, ParsedPage]:
    return {
        path: ParsedPage(content.decode("utf-8"))
        for path, content in site.items()
        if path.suffix == ".html"
    }


def test_every_link_leads_somewhere(
    site: dict[PurePosixPath, bytes], pages: dict[PurePosixPath, ParsedPage]
) -> None:
    assert list(lost_links(pages, site)) == []


def test_no_page_loads_a_part_from_another_host(
    site: dict[PurePosixPath, bytes], pages: dict[PurePosixPath, ParsedPage]
) -> None:
    for page, parsed in pages.items():
        for part in parsed.parts:
            assert not re.match(r"[a-z]*:|//", part), (page, part)
            assert target(page, part)[0] in site, (page, part)
    for path, content in site.items():
        if path.suffix in (".js", ".css") and path.parts[0] == "static":
            assert not re.search(rb"https?://|\bimport\b|@import|url\(", content), path


def test_no_page_has_a_handler_or_skips_a_heading(pages: dict[PurePosixPath, ParsedPage]) -> None:
    for page, parsed in pages.items():
        assert parsed.handlers == [], page
        assert parsed.headings[0] == 1, page
        assert parsed.headings.count(1) == 1, page


def test_hostile_text_is_text(site: dict[PurePosixPath, bytes]) -> None:
    shown = 0
    for path, content in site.items():
        text = content.decode("utf-8", "replace")
        if path.suffix == ".html":
            assert "<script>alert" not in text, path
            assert "<img src=x" not in text, path
            assert 'href="javascript:' not in text, path
            assert not re.search("[\u202a-\u202e\u2066-\u2069]", text), path
            shown += "&lt;script&gt;alert(1)" in text or "&#60;script&#62;alert(1)" in text
        if path.parts[0] == "data":
            assert "<" not in text, path
            assert text.isascii(), path
    assert shown


def data_of(text: bytes) -> tuple[str, object]:
    """Return the name and the value in a script of data."""
    name, _, value = text.decode("ascii").removeprefix("klm.give(").partition(",")
    return json.loads(name), json.loads(value.removesuffix(");\n"))


def test_the_scripts_of_data_hold_all_cells(data: Path, site: dict[PurePosixPath, bytes]) -> None:
    results = read(data)
    name, value = data_of(site[PurePosixPath("data/cells.js")])
    assert name == "cells"
    assert isinstance(value, dict)
    assert value["count"] == len(results.cells)
    for column in SHOWN:
        encoded = value["columns"][column]
        codes = np.frombuffer(base64.b64decode(encoded["codes"]), "<u2")
        values = [encoded["values"][code] for code in codes]
        assert values == [getattr(cell, column) for cell in results.cells], column


def test_the_data_of_scenarios_hold_each_cell_in_full(
    data: Path, site: dict[PurePosixPath, bytes]
) -> None:
    results, count = read(data), 0
    for path, content in site.items():
        if path.parts[:2] == ("data", "scenarios"):
            _, value = data_of(content)
            assert isinstance(value, dict)
            for cell, row in value["cells"].items():
                count += 1
                for key, index in zip(value["keys"], row, strict=True):
                    assert value["texts"][index] == getattr(results.named[cell], key)
    assert count == len(results.cells)


def test_a_script_of_data_is_the_same_inside_a_page() -> None:
    assert data_of(script("x", [HOSTILE]).encode("ascii")) == ("x", [HOSTILE])
    assert "</script" not in script("x", HOSTILE)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("COMPATIBILITY.md", "../index.html"),
        ("../COMPATIBILITY.md#scenarios", "../scenarios.html"),
        ("#silent-2", "../silent.html#silent-2"),
        ("ERRORS.md#no_class", "../errors.html#no_class"),
        ("scenarios/layer_size.md", "../scenarios/layer_size.html"),
        ("https://github.com/keras-team/keras", "https://github.com/keras-team/keras"),
    ],
)
def test_links_of_the_report_get_the_addresses_of_the_site(link: str, address: str) -> None:
    assert Prose((), "../").address(link) == address


def test_exactly_the_ids_of_cells_become_links() -> None:
    html = Prose({"a/b/h5/load_model/tf-2.1/tf-2.2"}).html(
        "# Title\n\n`a/b/h5/load_model/tf-2.1/tf-2.2` and `a/b/c`\n"
    )
    assert "Title" not in html
    assert html.count("<a ") == 1
    assert 'href="matrix.html#cell=a/b/h5/load_model/tf-2.1/tf-2.2"' in html


def results_of(patterns: dict[str, str]) -> Results:
    declared = {name: {"pattern": pattern} for name, pattern in patterns.items()}
    return Results((), (), {"config": {"error": declared}})


@pytest.mark.parametrize("pattern", [r"(?i)x", r"(?P<a>x)", r"\Ax", r"x\Z", r"x++"])
def test_a_pattern_that_no_browser_knows_is_a_fault(pattern: str) -> None:
    assert lookup(results_of({"fine": r"x(?:y|z)?$"}), [])["patterns"] == {"fine": r"x(?:y|z)?$"}
    with pytest.raises(Untranslatable, match="which no browser knows"):
        lookup(results_of({"wrong": pattern}), [])


def test_values_have_the_order_of_a_reader() -> None:
    results = Results(tuple(cells()), (), {})
    encoded = columns(results.cells, Releases.of(["tf-2.9", "tf-2.10"]))["columns"]
    assert encoded["loaded_with"]["values"] == ["tf-2.9", "tf-2.10"]
    assert encoded["format"]["values"] == ["h5", "keras"]
    assert encoded["verdict"]["values"] == ["works"]


def cells() -> Iterator[Cell]:
    for name in ("a/b/keras/load_model/tf-2.9/tf-2.10", "a/b/h5/load_model/tf-2.9/tf-2.9"):
        yield Cell(**report_data.cell(name))


def contents(folder: Path) -> dict[PurePosixPath, bytes]:
    """Return the files of a site by their paths."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {PurePosixPath(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_second_build_gives_the_same_site_and_removes_old_pages(
    data: Path, built: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(built, tmp_path / "out"))
    (out / "old.html").write_text("old")
    assert main(["--data", str(data), "--out", str(out)]) == 0
    assert contents(out) == contents(built)


def test_a_folder_with_other_files_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    assert main(["--data", str(data), "--out", str(tmp_path)]) == 2
    assert "has other files" in capsys.readouterr().err
    assert (tmp_path / "thesis.tex").exists()


def test_bad_data_are_a_fault_and_the_old_site_stays(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Path(shutil.copytree(built, tmp_path / "out"))
    assert main(["--data", str(tmp_path), "--out", str(out)]) == 2
    assert "no such file" in capsys.readouterr().err
    assert contents(out) == contents(built)
