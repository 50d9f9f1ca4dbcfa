"""Is what a forged file made its reader do told as what it was?"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from experiments.config.faults import ConfigFaultsError
from experiments.config.schema import ROOT
from experiments.corruption.trials import Trial
from experiments.hostile import settings, table
from experiments.run.store import Line
from experiments.scenarios import _hostile
from results.contract.cells import CELLS
from results.contract.columns import Row
from results.storage import invalid

PUBLISHED = ROOT / "results" / "published"
NEVER, NOW = _hostile.NEVER_READ, 1_700_000_000


def told(outcome: str, phase: str = "compare", **seen: int | None) -> Row:
    """Return the row of a trial that ended so, and what was seen in its folder."""
    one = Trial("_hostile", "lambda_code", "h5", "load_model", "tf-2.4", {})
    names = {name.rpartition("/")[2]: name for name in settings.WATCHED if name != "tmp/escaped"}
    reply: Line = {"seen": {names[name]: read for name, read in seen.items()}}
    row = dict.fromkeys(CELLS.names, "") | {"outcome": outcome, "phase": phase}
    content = table.of([one], [row], [reply])["hostile.csv"].decode()
    (found,) = csv.DictReader(io.StringIO(content))
    return found


def test_a_marker_that_was_there_after_loading_is_of_the_load() -> None:
    found = told("equal", marker_at_load=NOW, marker=NOW)
    assert (found["end"], found["ran"]) == ("ran", "load")


def test_a_marker_that_came_later_is_of_the_use() -> None:
    found = told("equal", marker=NOW)
    assert (found["end"], found["ran"]) == ("ran", "use")


@pytest.mark.parametrize("phase", ["build", "load"])
def test_code_that_ran_before_a_load_was_refused_ran_all_the_same(phase: str) -> None:
    found = told("error", phase, marker=NOW)
    assert (found["end"], found["ran"], found["outcome"]) == ("ran", "load", "error")


def test_what_was_written_or_read_elsewhere_is_told_of() -> None:
    assert told("error", "load", escaped=NOW)["end"] == "wrote"
    assert told("equal", secret=NOW)["end"] == "read"
    both = told("error", "load", escaped=NOW, secret=NOW, marker=NOW)
    assert (both["end"], both["wrote"], both["read"]) == ("ran", "yes", "yes")


def test_a_secret_that_nobody_read_is_none_that_was_read() -> None:
    assert told("error", "load", secret=NEVER)["end"] == "refused"
    assert told("error", "load", secret=None)["read"] == "no"


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        ("equal", "inert"),
        ("different", "inert"),
        ("error", "refused"),
        ("crash", "crash"),
        ("timeout", "exhausted"),
        ("out_of_memory", "exhausted"),
        ("skipped", "not_applicable"),
        ("not_saved", "not_applicable"),
    ],
)
def test_without_any_of_it_the_outcome_tells(outcome: str, wanted: str) -> None:
    assert told(outcome)["end"] == wanted


def test_the_table_follows_its_schema(tmp_path: Path) -> None:
    one = Trial("_hostile", "lambda_code", "h5", "load_model", "tf-2.4", {})
    row = dict.fromkeys(CELLS.names, "") | {"outcome": "equal", "phase": "compare"}
    path = tmp_path / "hostile.csv"
    path.write_bytes(table.of([one], [row], [{}])["hostile.csv"])
    assert list(invalid(path, PUBLISHED / "hostile.schema.json")) == []


def test_every_forged_file_is_asked_about_and_none_that_there_is_not() -> None:
    assert set(settings.load([]).cases) == set(_hostile.FORGED)


def test_every_trial_is_watched_and_has_an_id_of_its_own() -> None:
    trials = settings.trials(settings.load([]))
    assert len({trial.cell.id for trial in trials}) == len(trials) > 1000
    assert all(trial.extra["watch"] == list(settings.WATCHED) for trial in trials)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["jobs=-1"], "jobs is negative"),
        (["name=.."], "cannot name a folder"),
        (["limits.load.first_imports=0"], "limits.load.first_imports is 0"),
        (["+cases.nothing={does: x, formats: {h5: [load_model]}}"], "no case 'nothing'"),
        (["cases.lambda_code.saved_as=lamda"], "no model 'lamda'"),
        (["cases.lambda_code.formats.h5=[load_modle]"], "no API 'load_modle'"),
        (["case=[lamda]"], "no case matches 'lamda'"),
        (["case=[op_in_graph]", "format=[h5]"], "nothing has all of this"),
        (["environment=[tf-9]"], "no environment matches 'tf-9'"),
        (["api=[load]"], "no api matches 'load'"),
        (["fast=true"], "unknown key 'fast'"),
    ],
)
def test_bad_input_is_said_before_anything_is_done(words: list[str], what: str) -> None:
    with pytest.raises(ConfigFaultsError) as caught:
        settings.load(words)
    assert what in str(caught.value)
    assert all(fault.fix for fault in caught.value.faults)
