"""Does the history name each change of the published cells, and no other change?"""

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


def test_a_changed_verdict_is_an_entry_with_its_first_cell() -> None:
    after = cells()
    turned = [row for row in after if row["scenario"] == "round_trip" and row["verdict"] == "works"]
    for row in turned[:3]:
        row["verdict"] = "silent"
    change = entry(cells(), after, ORIGIN)
    assert change is not None
    assert (change["added"], change["removed"], change["reworded"]) == (0, 0, 0)
    (turn,) = change["turned"]
    assert (turn["was"], turn["now"], turn["cells"]) == ("works", "silent", 3)
    assert turn["first"] == min(row["cell"] for row in turned[:3])


@given(st.sets(st.integers(0, len(report_data.rows()) - 1), max_size=9))
def test_new_cells_removed_cells_and_changed_messages_are_counted(chosen: set[int]) -> None:
    full = cells()
    rest = [row for n, row in enumerate(full) if n not in chosen]
    edited = [row | {"error_message": "x"} if n in chosen else row for n, row in enumerate(full)]
    reworded = sum(full[n]["error_message"] != "x" for n in chosen)
    for before, after, key, count in (
        (rest, full, "added", len(chosen)),
        (full, rest, "removed", len(chosen)),
        (full, edited, "reworded", reworded),
    ):
        change = entry(before, after, ORIGIN)
        assert (change or {key: 0})[key] == count


def folder(tmp_path: Path) -> Path:
    data = report_data.write(tmp_path / "published", report_data.rows())
    publish.note_history([], data)
    publish.describe(data)
    return data


def test_the_first_publication_has_no_entry_and_is_described(tmp_path: Path) -> None:
    data = folder(tmp_path)
    assert json.loads((data / FILE).read_text()) == []
    assert (data / "datapackage.json").exists()
    assert "first publication" in render("HISTORY.md.j2", {"history": read(data).history})


def test_the_latest_entry_comes_first_and_entries_follow_their_schema(tmp_path: Path) -> None:
    data = folder(tmp_path)
    for times in (1, 2):
        before = publish.cells_of(data)
        after = [row for row in before if row["cell"] != before[0]["cell"]]
        columns = [name for name in CELLS.names if name in after[0]]
        (data / "cells.csv").write_bytes(storage.to_csv(columns, after))
        publish.note_history(before, data)
        entries = json.loads((data / FILE).read_text())
        assert len(entries) == times
        assert entries[0]["cells"] == len(after)
        jsonschema.validate(entries, schema_of("history.json"))
    publish.note_history(publish.cells_of(data), data)
    assert json.loads((data / FILE).read_text()) == entries
    assert f"{len(after)} rows: 0 new, 1 gone" in render(
        "HISTORY.md.j2", {"history": read(data).history}
    )
