"""Is what is published otherwise than before told, and nothing else?"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import report_data
from hypothesis import given
from hypothesis import strategies as st

from experiments.records import publish
from report.read.cells import read
from report.writing.templates import render
from results import storage
from results.contract.cells import CELLS
from results.history import FILE, entry
from results.schemas import schema_of

ORIGIN = {"suite_version": "1.2.3", "git_commit": "abc"}
Rows = list[dict[str, str]]


def cells() -> Rows:
    return [dict(row) for row in report_data.rows()]


def test_the_same_cells_leave_no_entry() -> None:
    assert entry(cells(), list(reversed(cells())), ORIGIN) is None


def test_a_verdict_that_turned_is_told_with_its_scenario() -> None:
    after = cells()
    turned = [row for row in after if row["scenario"] == "round_trip" and row["verdict"] == "works"]
    for row in turned[:3]:
        row["verdict"] = "silent"
    found = entry(cells(), after, ORIGIN)
    assert found is not None
    assert (found["added"], found["removed"], found["reworded"]) == (0, 0, 0)
    (turn,) = found["turned"]
    assert (turn["was"], turn["now"], turn["cells"]) == ("works", "silent", 3)
    assert turn["first"] == min(row["cell"] for row in turned[:3])


@given(st.sets(st.integers(0, len(report_data.rows()) - 1), max_size=9))
def test_new_cells_gone_cells_and_other_words_are_counted(chosen: set[int]) -> None:
    every = cells()
    rest = [row for place, row in enumerate(every) if place not in chosen]
    other = [row | {"error_message": "x"} if n in chosen else row for n, row in enumerate(every)]
    reworded = sum(every[place]["error_message"] != "x" for place in chosen)
    for before, after, key, count in (
        (rest, every, "added", len(chosen)),
        (every, rest, "removed", len(chosen)),
        (every, other, "reworded", reworded),
    ):
        found = entry(before, after, ORIGIN)
        assert (found or {key: 0})[key] == count


def folder(tmp_path: Path) -> Path:
    found = report_data.write(tmp_path / "published", report_data.rows())
    publish.note_history([], found)
    publish.describe(found)
    return found


def test_the_first_publication_has_no_entry_and_is_described(tmp_path: Path) -> None:
    found = folder(tmp_path)
    assert json.loads((found / FILE).read_text()) == []
    assert (found / "datapackage.json").exists()
    assert "first publication" in render("HISTORY.md.j2", {"history": read(found).history})


def test_entries_stand_the_latest_first_and_follow_their_schema(tmp_path: Path) -> None:
    found = folder(tmp_path)
    for times in (1, 2):
        before = publish.cells_of(found)
        after = [row for row in before if row["cell"] != before[0]["cell"]]
        columns = [name for name in CELLS.names if name in after[0]]
        (found / "cells.csv").write_bytes(storage.to_csv(columns, after))
        publish.note_history(before, found)
        said = json.loads((found / FILE).read_text())
        assert len(said) == times
        assert said[0]["cells"] == len(after)
        jsonschema.validate(said, schema_of("history.json"))
    publish.note_history(publish.cells_of(found), found)
    assert json.loads((found / FILE).read_text()) == said
    assert f"{len(after)} rows: 0 new, 1 gone" in render(
        "HISTORY.md.j2", {"history": read(found).history}
    )
