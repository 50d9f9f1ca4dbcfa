"""Do the published files keep the data contract, and give the committed report?"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

import report.__main__ as reporting
from experiments.config import compose, matrix
from experiments.config.schema import ROOT
from experiments.records import judge
from experiments.run.store import read_json
from results import storage
from results.contract.cells import CELLS, verdict
from results.schemas import schemas
from results.storage import to_csv

PUBLISHED = ROOT / "results" / "published"
FILES = (
    *("cells.csv", "environments.csv", "provenance.json"),
    *("corruption.csv", "corruption_provenance.json", "hostile.csv", "hostile_provenance.json"),
)
Rows = list[dict[str, str]]
pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Return all published cells."""
    return storage.read_csv(PUBLISHED / "cells.csv")


@pytest.mark.parametrize("name", FILES)
def test_a_published_file_follows_its_schema(name: str) -> None:
    path = PUBLISHED / name
    assert list(storage.invalid(path, read_json(PUBLISHED / f"{path.stem}.schema.json"))) == []


def test_the_published_schemas_are_generated_from_the_contract() -> None:
    for name, text in schemas().items():
        assert json.loads((PUBLISHED / name).read_text("utf-8")) == json.loads(text), name


def test_a_broken_row_is_found_by_the_schema(rows: Rows, tmp_path: Path) -> None:
    equal = next(row for row in rows if row["outcome"] == "equal")
    path, schema = tmp_path / "cells.csv", read_json(PUBLISHED / "cells.schema.json")
    path.write_bytes(to_csv(CELLS.names, [equal]))
    assert list(storage.invalid(path, schema)) == []
    path.write_bytes(to_csv(CELLS.names, [equal | {"outcome": "harness_error"}]))
    assert list(storage.invalid(path, schema))


def test_the_columns_are_those_of_the_contract_and_the_rows_are_sorted(rows: Rows) -> None:
    assert list(rows[0]) == list(CELLS.names)
    cells = [row["cell"] for row in rows]
    assert cells == sorted(set(cells))


def test_every_planned_cell_of_the_published_scenarios_is_published(rows: Rows) -> None:
    declared = read_json(PUBLISHED / "provenance.json")["config"]["scenario"]
    cells = matrix.cells(compose.load([]))
    planned = {cell.id for cell in cells if cell.scenario in declared}
    assert {row["cell"] for row in rows if row["loaded_with"]} == planned


def test_verdicts_follow_from_outcome_and_expectation(rows: Rows) -> None:
    assert all(row["verdict"] == verdict(row["outcome"], row["expected"]) for row in rows)


def test_a_skipped_cell_has_a_reason(rows: Rows) -> None:
    silent = [row for row in rows if row["outcome"] in ("skipped", "not_saved")]
    assert silent
    assert all(row["reason"] for row in silent)


def test_the_provenance_has_the_digests_of_the_published_files() -> None:
    provenance = json.loads((PUBLISHED / "provenance.json").read_text("utf-8"))
    for name, digest in provenance["files"].items():
        assert hashlib.sha256((PUBLISHED / name).read_bytes()).hexdigest() == digest, name


def test_judging_again_changes_nothing(tmp_path: Path) -> None:
    for path in PUBLISHED.glob("*"):
        shutil.copy(path, tmp_path)
    judge.judge(compose.load([]), tmp_path)
    for path in PUBLISHED.glob("*"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_published_data_give_the_committed_report(tmp_path: Path) -> None:
    for made in reporting.build(PUBLISHED, tmp_path):
        committed = ROOT / "report" / "pages" / made.relative_to(tmp_path)
        assert committed.read_bytes() == made.read_bytes(), made.name
