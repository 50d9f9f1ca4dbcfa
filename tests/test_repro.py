"""Do the standalone scripts hold the sources of a cell, and is a disagreement noticed?"""

from __future__ import annotations

import ast
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from experiments.config import compose
from experiments.config.faults import ConfigFaultsError
from experiments.config.matrix import Cell
from experiments.config.schema import ROOT, Config
from experiments.records import publish, scripts, verify
from experiments.records.verify import Finding, Verifier, chosen
from experiments.scenarios import names as scenario_names
from results import repro
from results.storage import read_csv

PUBLISHED = ROOT / "results" / "published"
CELL = Cell("round_trip", "dense", "h5", "load_model", "tf-2.4", "tf-2.15", "dense")


@cache
def config() -> Config:
    """Return the config of the repository."""
    return compose.load([])


@cache
def pieces() -> dict[str, Any]:
    """Return the parts of the scripts of all cells, from the working tree."""
    return scripts.of_folder(config())


def row(**changed: str) -> dict[str, str]:
    columns = {
        "cell": CELL.id,
        "scenario": "round_trip",
        "case": "dense",
        "format": "h5",
        "api": "load_model",
        "saved_with": "tf-2.4",
        "loaded_with": "tf-2.15",
        "outcome": "equal",
        "error_type": "",
    }
    return columns | changed


def test_the_published_sources_are_those_of_their_commit() -> None:
    """The working tree may have changed since."""
    published = json.loads((PUBLISHED / scripts.FILE).read_text("utf-8"))
    texts, commit = published["sources"], published["git_commit"]
    lookup = subprocess.run(["git", "cat-file", "-e", commit], cwd=ROOT, check=False)
    if lookup.returncode:
        pytest.skip("this copy of the repository has no history")
    for name, text in texts.items():
        committed = subprocess.check_output(["git", "show", f"{commit}:{name}"], cwd=ROOT)
        assert committed.decode("utf-8") == text, name


def test_sources_are_those_of_the_commit_and_not_of_the_working_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "experiments/worker/cell.py", tmp_path / scripts.TEMPLATE]
    for path in files:
        path.parent.mkdir(parents=True)
        path.write_text("committed")

    def git(*words: str) -> str:
        author = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
        return subprocess.check_output(["git", *author, *words], cwd=tmp_path, text=True).strip()

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    for path in files:
        path.write_text("changed since")
    monkeypatch.setattr(scripts, "ROOT", tmp_path)
    with scripts.checkout(git("rev-parse", "HEAD")) as root:
        texts = [(root / path.relative_to(tmp_path)).read_text() for path in files]
        assert texts == ["committed", "committed"]
    with pytest.raises(ConfigFaultsError, match="clone that has the commit"):  # noqa: SIM117
        with scripts.checkout("1" * 40):
            pass


@pytest.mark.parametrize("scenario", scenario_names())
def test_a_script_holds_the_sources_of_its_scenario_and_runs_on_the_oldest_python(
    scenario: str,
) -> None:
    case = next(iter(config().scenario[scenario].cases))
    for text in repro.scripts(pieces(), row(scenario=scenario, case=case)).values():
        tree = ast.parse(text, feature_version=(3, 7))
        sources = {
            ast.literal_eval(line.targets[0].slice): ast.literal_eval(line.value).lstrip("\n")
            for line in tree.body
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Subscript)
        }
        assert f"experiments/scenarios/{scenario}.py" in sources
        assert "experiments/worker/cell.py" in sources
        for name, source in sources.items():
            assert source == (ROOT / name).read_text("utf-8"), name


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({}, ["save.py", "load.py"]),
        ({"loaded_with": "tf-2.4"}, ["repro.py"]),
        ({"loaded_with": "", "outcome": "not_saved"}, ["save.py"]),
    ],
)
def test_each_environment_of_a_cell_has_a_script(changed: dict[str, str], names: list[str]) -> None:
    scripts_of_row = repro.scripts(pieces(), row(**changed))
    assert list(scripts_of_row) == names
    for name, text in scripts_of_row.items():
        assert f"uv run {name}\n" in text
        assert '# requires-python = "==3.' in text
        assert '# exclude-newer = "20' in text


def test_a_script_has_every_package_of_its_lock() -> None:
    texts = repro.scripts(pieces(), row())
    for name, environment in (("save.py", "tf-2.4"), ("load.py", "tf-2.15")):
        lock = (ROOT / "configs" / "locks" / f"{environment}.txt").read_text("utf-8")
        pins = [line.split()[0] for line in lock.splitlines() if "==" in line]
        assert [pin for pin in pins if f'"{pin}"' not in texts[name]] == []


def test_a_filled_placeholder_is_not_filled_again() -> None:
    assert repro.filled("@A@ b@c @B@", {"A": "@B@", "B": "x"}) == "@B@ b@c x"


ROWS = [row(cell=f"s/c{n}/h5/load_model/tf-2.4/tf-2.15") for n in range(40)]


def cells(*words: str) -> list[str]:
    return [row["cell"] for row in chosen(words, ROWS)]


def test_cells_are_chosen_by_id_by_glob_and_by_a_seeded_sample() -> None:
    assert cells(ROWS[3]["cell"], ROWS[1]["cell"]) == [ROWS[1]["cell"], ROWS[3]["cell"]]
    assert len(cells("s/c1*")) == 11
    assert len(cells()) == verify.SAMPLE
    assert cells("sample=5", "seed=3") == cells("sample=5", "seed=3")
    assert cells("sample=5", "seed=3") != cells("sample=5", "seed=4")
    assert len(cells("s/c1/*", "sample=5")) == 6
    assert len(cells("sample=400")) == 40


def test_a_word_that_selects_no_cell_is_a_fault() -> None:
    with pytest.raises(ConfigFaultsError) as caught:
        chosen(["s/d*", "samples=3", "s/c1/*"], ROWS)
    assert [fault.location for fault in caught.value.faults] == ["s/d*", "samples=3"]


class Played(Verifier):
    """A verifier that runs no scripts, but has their replies in `replies`."""

    replies: dict[str, dict[str, Any]]
    fault = ""

    def _run(self, folder: Path, name: str, version: str) -> str:
        stage = name.split(".")[0]
        (folder / "repro").mkdir(exist_ok=True)
        (folder / "repro" / f"{stage}.json").write_text(json.dumps(self.replies[stage]))
        return self.fault


SAVED = {"outcome": "saved", "phase": "save"}
EQUAL = {
    "outcome": "equal",
    "phase": "compare",
    "differs": "",
    "weights_saved": 2,
    "weights_restored": 2,
}


@cache
def a_published_row() -> dict[str, str]:
    """Return the row of a file that came back equal in another release."""
    return next(
        row
        for row in read_csv(PUBLISHED / "cells.csv")
        if row["scenario"] == "round_trip"
        and row["outcome"] == "equal"
        and row["saved_with"] != row["loaded_with"]
    )


@pytest.fixture
def played() -> Played:
    verifier = Played(config(), pieces())
    verifier.replies = {"save": SAVED, "load": EQUAL}
    return verifier


def published(**changed: str) -> dict[str, str]:
    """Return a published row that agrees with the played replies."""
    return a_published_row() | {"weights_saved": "2", "weights_restored": "2"} | changed


def cell_of(row: dict[str, str]) -> Cell:
    keys = ("scenario", "case", "format", "api", "saved_with", "loaded_with")
    saved_as = pieces()["saved_as"]["round_trip"].get(row["case"], row["case"])
    return Cell(**{key: row[key] for key in keys}, saved_as=saved_as)


def test_an_equal_row_agrees_and_a_disagreement_has_both_values(played: Played) -> None:
    assert played.verify(cell_of(published()), published()).agrees
    wrong = published(outcome="different", verdict="silent", differs="weights")
    finding = played.verify(cell_of(wrong), wrong)
    assert not finding.agrees
    assert finding.differs == (
        ("outcome", "different", "equal"),
        ("verdict", "silent", "works"),
        ("differs", "weights", ""),
    )


def test_a_failed_save_disagrees_with_the_row_of_a_load(played: Played) -> None:
    played.replies = {"save": {"outcome": "error", "phase": "save", "error_type": "ValueError"}}
    finding = played.verify(cell_of(published()), published())
    assert ("outcome", "equal", "not_saved") in finding.differs


def test_a_script_that_does_not_run_is_a_fault_and_no_disagreement(played: Played) -> None:
    played.fault = "save.py: no such package"
    assert played.verify(cell_of(published()), published()) == Finding(
        published()["cell"], fault="save.py: no such package"
    )


def test_the_exit_status_says_whether_all_agree(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = published()["cell"]
    monkeypatch.setattr(compose, "load", lambda words: config())
    monkeypatch.setattr(publish, "published_rows", lambda folder: [published()])
    for differs, status in (((), 0), ((("outcome", "equal", "error"),), 1)):
        monkeypatch.setattr(
            Verifier, "verify", lambda self, cell, row, shown=differs: Finding(cell.id, shown)
        )
        assert verify.run([cell], Console()) == status
    output = capsys.readouterr().out
    assert "1 of 1 agree" in output
    assert "0 of 1 agree" in output
    assert "published: equal" in output
