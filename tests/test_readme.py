"""Does the README say what is true?"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from experiments import __main__ as command_line
from experiments.config.schema import ROOT
from experiments.records import verify
from results import storage

README = (ROOT / "README.md").read_text("utf-8")
LINES = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
MATRIX = [shlex.split(line)[4:] for line in LINES if line.startswith("nox -s matrix --")]
CELL = [shlex.split(line)[4:] for line in LINES if line.startswith("nox -s cell --")]
TIMINGS = [shlex.split(line)[4:] for line in LINES if line.startswith("nox -s timings")]
CAMPAIGNS = [
    [name, *shlex.split(line)[4:]]
    for line in LINES
    for name in ("corruption",)
    if line.startswith(f"nox -s {name}")
]


def test_the_two_commands_are_there() -> None:
    assert 'pip install "nox[uv]"' in LINES
    assert {"nox -s matrix", "nox"} <= set(LINES)


def local_links(page: Path) -> list[Path]:
    """Return the files that a page of the repository links to."""
    targets = re.findall(r"\]\((?![a-z]+:)([^)#]+)", page.read_text("utf-8"))
    return [page.parent / target for target in targets]


@pytest.mark.parametrize("page", ["README.md", "report/README.md"])
def test_links_lead_to_files(page: str) -> None:
    links = local_links(ROOT / page)
    assert links
    assert [path for path in links if not path.exists()] == []


def test_the_index_of_the_report_links_to_every_page() -> None:
    linked = {path.name for path in local_links(ROOT / "report" / "README.md")}
    pages = {path.name for path in (ROOT / "report" / "pages").glob("*.md")}
    assert pages
    assert pages <= linked


@pytest.mark.parametrize("words", MATRIX, ids=" ".join)
def test_a_matrix_command_plans_cells(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = command_line.main(["matrix", "--dry-run", *(w for w in words if w != "--dry-run")])
    assert status == 0
    assert re.search(r"of [1-9]\d* cells", capsys.readouterr().out)


@pytest.mark.parametrize("words", CELL, ids=" ".join)
def test_a_cell_command_names_one_cell(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["cell", "--dry-run", *words]) == 0
    assert "of 1 cells" in capsys.readouterr().out


@pytest.mark.parametrize("words", TIMINGS, ids=" ".join)
def test_a_timings_command_plans_turns(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["timings", "--dry-run", *words]) == 0
    assert re.search(r"a round has [1-9]\d* turns", capsys.readouterr().out)


@pytest.mark.parametrize("words", CAMPAIGNS, ids=" ".join)
def test_a_command_of_a_campaign_plans_loads(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main([words[0], "--dry-run", *words[1:]]) == 0
    assert re.search(r"[1-9]\d* loads", capsys.readouterr().out)


@pytest.mark.whole
def test_a_verify_command_names_cells() -> None:
    rows = storage.read_csv(ROOT / "results" / "published" / "cells.csv")
    found = [shlex.split(line)[4:] for line in LINES if line.startswith("nox -s verify")]
    assert found
    for words in found:
        assert verify.chosen(words, rows), words


def test_every_file_it_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / Path(link)).exists()] == []


def test_it_documents_every_exit_status() -> None:
    assert set(re.findall(r"^\| (\d+) \|", README, re.M)) == {"0", "1", "2", "130"}
