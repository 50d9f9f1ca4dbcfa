"""Does the page of forged files agree with the cells, and with the older table?"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from experiments.config.schema import ROOT
from report.products import hostile_page
from report.read import hostile
from report.read.cells import Cell, DataError, Results
from report.read.hostile import Hostile
from results.contract.cells import CELLS

PUBLISHED = ROOT / "results" / "published"
DECLARED = {
    "cases": {"lambda_code": {"does": "a Lambda layer holds byte code"}},
    "limits": {"load": {"memory_mib": 1536, "last_imports": 33}},
}


def cell(loader: str, outcome: str, effects: str = "", api: str = "load_model") -> Cell:
    names = ("hostile", "lambda_code", "h5", api, loader, loader)
    axes = dict(zip(CELLS.names[1:3] + CELLS.names[4:8], names, strict=True))
    rest = {"cell": "/".join(names), "outcome": outcome, "effects": effects}
    return Cell(**dict.fromkeys(CELLS.names, "") | axes | rest)


def page(*cells: Cell) -> str:
    provenance = {"git_commit": "1" * 40, "config": {"scenario": {"hostile": DECLARED}}}
    loads = hostile.read(Results(cells, (), provenance), Path("nothing"))
    assert loads is not None
    return hostile_page.page(loads)


def test_a_release_that_runs_code_is_named_by_release_and_by_file() -> None:
    text = page(cell("tf-2.4", "equal", "code_at_load+code_in_use"), cell("tf-2.5", "error"))
    assert "| 2.4 | lambda code | \N{EN DASH} | \N{EN DASH} |" in text
    assert "| 2.5 | \N{EN DASH} | \N{EN DASH} | \N{EN DASH} |" in text
    assert "| `h5` | `load_model` | runs its code while loading | 2.4 |" in text
    assert "| `h5` | `load_model` | rejected, as it should be | 2.5 |" in text
    assert "**1 of 2 loads of forged files did" in text


def test_code_that_runs_only_without_safe_mode_has_a_column_of_its_own() -> None:
    unsafe = cell("tf-2.4", "equal", "code_in_use", "load_model_unsafe")
    assert "| 2.4 | \N{EN DASH} | lambda code | \N{EN DASH} |" in page(unsafe)
    assert "runs its code when it is used" in page(unsafe)


@pytest.mark.parametrize(
    ("outcome", "effects", "words"),
    [
        ("error", "code_at_load", "runs its code while loading, then rejected"),
        ("equal", "file_read", "reads another file"),
        ("equal", "file_written", "writes elsewhere"),
        ("out_of_memory", "", "uses up memory or time"),
        ("crash", "", "ends the process"),
        ("equal", "", "loads, does nothing"),
        ("different", "", "loads, does nothing, but is another model"),
    ],
)
def test_a_load_is_named_after_its_worst_effect_or_its_outcome(
    outcome: str, effects: str, words: str
) -> None:
    assert f"| {words} | 2.4 |" in page(cell("tf-2.4", outcome, effects))


def test_a_load_that_never_took_place_has_no_row() -> None:
    assert "| 2.5 |" not in page(cell("tf-2.4", "equal"), cell("tf-2.5", "skipped"))


class TestOlderTable:
    """The published table from before forged files were cells."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name in (hostile.OLDER, hostile.OLDER_ORIGIN):
            shutil.copy(PUBLISHED / name, tmp_path)
        return tmp_path

    def read(self, folder: Path, *cells: Cell) -> Hostile:
        loads = hostile.read(Results(cells, (), {}), folder)
        assert loads is not None
        return loads

    def test_the_older_table_is_read_while_no_forged_file_is_a_cell(self, folder: Path) -> None:
        loads = self.read(folder)
        assert loads.table == hostile.OLDER
        assert "| 2.4 | lambda code, op in graph |" in hostile_page.page(loads)

    def test_cells_come_first(self, folder: Path) -> None:
        assert self.read(folder, cell("tf-2.4", "equal")).table == "cells.csv"

    def test_a_folder_without_either_has_no_page(self, tmp_path: Path) -> None:
        assert hostile.read(Results((), (), {}), tmp_path) is None

    def test_a_missing_table_is_named(self, folder: Path) -> None:
        (folder / hostile.OLDER).unlink()
        with pytest.raises(DataError, match=r"hostile\.csv"):
            self.read(folder)

    def test_an_origin_that_cannot_be_read_is_named(self, folder: Path) -> None:
        (folder / hostile.OLDER_ORIGIN).write_text("{")
        with pytest.raises(DataError, match=r"hostile_provenance\.json"):
            self.read(folder)


def test_the_same_cells_give_the_same_bytes() -> None:
    assert page(cell("tf-2.4", "equal")) == page(cell("tf-2.4", "equal"))
