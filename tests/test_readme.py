"""Are the commands, links and numbers of the README true?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments import __main__ as command_line
from experiments.config.schema import ROOT
from experiments.records import verify
from results import storage

README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def commands_of(page: str) -> list[str]:
    """Return the lines of the page's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


LINES = commands_of(README)
MATRIX = [shlex.split(line)[4:] for line in LINES if line.startswith("nox -s matrix --")]
CELL = [shlex.split(line)[4:] for line in LINES if line.startswith("nox -s cell --")]
TIMINGS = [shlex.split(line)[4:] for line in LINES if line.startswith("nox -s timings")]
CAMPAIGNS = [
    [name, *shlex.split(line)[4:]]
    for line in LINES
    for name in ("corruption",)
    if line.startswith(f"nox -s {name}")
]


def test_the_pages_have_their_first_commands() -> None:
    assert 'pip install "nox[uv]"' in LINES
    assert "nox -s matrix" in LINES
    assert "nox" in commands_of(CONTRIBUTING)


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


def release(environment: str) -> int:
    """Return the minor number of a plain TensorFlow release, -1 for a variant."""
    match = re.fullmatch(r"tf-2\.(\d+)", environment)
    return int(match[1]) if match else -1


def shares_of_round_trips() -> list[tuple[int, int]]:
    """Return the shares in the order of the README: the number of equal loads, and of all loads."""
    rows = storage.read_csv(ROOT / "results" / "published" / "cells.csv")

    def share(file_format: str, crosses: Callable[[int, int], bool]) -> tuple[int, int]:
        outcomes = [
            row["outcome"]
            for row in rows
            if (row["scenario"], row["format"]) == ("round_trip", file_format)
            and row["api"].startswith("load_")
            and min(release(row["saved_with"]), release(row["loaded_with"])) >= 0
            and crosses(release(row["saved_with"]), release(row["loaded_with"]))
            and row["outcome"] != "skipped"
        ]
        return outcomes.count("equal"), len(outcomes)

    def into_keras_3(saver: int, loader: int) -> bool:
        return saver < 16 <= loader

    return [
        share("h5", lambda saver, loader: saver < loader < 16),
        share("h5", lambda saver, loader: loader < saver < 16),
        share("h5", into_keras_3),
        share("keras", into_keras_3),
        share("savedmodel", into_keras_3),
        share("weights_h5", into_keras_3),
    ]


@pytest.mark.whole
def test_the_shares_of_the_readme_are_those_of_the_published_rows() -> None:
    shares = [(int(n), int(total)) for n, total in re.findall(r"(\d+) of (\d+)", README)]
    assert shares == shares_of_round_trips()


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
    commands = [shlex.split(line)[4:] for line in LINES if line.startswith("nox -s verify")]
    assert commands
    for words in commands:
        assert verify.chosen(words, rows), words


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / Path(link)).exists()] == []


def test_the_readme_documents_every_exit_status() -> None:
    assert set(re.findall(r"^\| (\d+) \|", README, re.M)) == {"0", "1", "2", "130"}
