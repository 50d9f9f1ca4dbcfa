"""Does the page of damaged files say what its tables say?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.corruption import settings, tables
from experiments.corruption.trials import Trial, TrialResult
from report.drawing import corruption_figures
from report.findings import corruption_tables
from report.products import corruption_page
from report.read import corruption
from report.read.cells import DataError
from report.read.corruption import Corruption
from results.contract.cells import CELLS
from results.contract.columns import Row

ORIGIN = {"git_commit": "1" * 40, "machine": {"cpu": "a CPU"}}
ENDS = (
    *[{"outcome": "equal"}] * 4,
    *[{"outcome": "different"}] * 3,
    {"outcome": "error", "error_family": "truncated_hdf5", "error_message": "truncated file"},
    {
        "outcome": "error",
        "error_family": "key_missing",
        "error_type": "KeyError",
        "error_message": "'kernel' <b>|`x`",
    },
    {"outcome": "crash", "error_type": "SIGSEGV"},
    {"outcome": "timeout"},
    {"outcome": "equal"},
)
VARIES = len(ENDS)
"""Of which of them the loads do not agree."""


def damaged(form: str, place: str, kind: str, environment: str) -> list[tuple[Trial, Row]]:
    """Return a trial for each end."""
    return [
        (
            Trial(f"{place}.{kind}.{n:04}", form, "load_model", environment, {"damage": {}}),
            dict.fromkeys(CELLS.names, "") | one,
        )
        for n, one in enumerate(ENDS, 1)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tables of a small campaign."""
    out = tmp_path_factory.mktemp("published")
    asked = settings.load([])
    found = [
        one
        for form in ("h5", "keras")
        for environment in ("tf-2.4", "tf-2.15")
        for place, kind in (("tensor_data", "bit"), ("superblock", "cut"), ("file", "gzip"))
        for one in damaged(form, place, kind, environment)
    ]
    ended = [TrialResult(row, varies=trial.case.endswith(f"{VARIES:04}")) for trial, row in found]
    written = tables.build(asked, [trial for trial, _ in found], ended)
    for name, content in written.items():
        (out / name).write_bytes(content)
    origin = ORIGIN | {"config": asked.model_dump(mode="json")}
    (out / corruption.ORIGIN).write_text(json.dumps(origin))
    return out


@pytest.fixture(scope="module")
def found(folder: Path) -> Corruption:
    return corruption.read(folder)


def test_shares_are_of_all_files(found: Corruption) -> None:
    (h5, keras) = corruption_tables.by_format(found)
    assert (h5["format"], h5["files"]) == ("h5", "72")
    assert h5["right"] == f"{400 / 12:.1f} %"
    assert h5["wrong"].startswith(f"{300 / 12:.1f} % (")
    assert h5["none"] == f"{300 / 12:.1f} %"
    assert {key: keras[key] for key in h5 if key != "format"} == {
        key: h5[key] for key in h5 if key != "format"
    }


def test_only_bits_of_weights_are_told_of_weights(found: Corruption) -> None:
    assert [row["files"] for row in corruption_tables.of_data(found)] == ["24", "24"]


def test_a_checksum_of_members_is_of_archives_alone(found: Corruption) -> None:
    h5, keras = corruption_tables.checksums(found)
    assert (h5["member"], keras["member"]) == ("", f"{200 / 3:.1f} %")
    assert h5["data"] == f"{100 / 3:.1f} %"


def test_misleading_messages_are_shown_and_inert(found: Corruption) -> None:
    (row,) = corruption_tables.misleading(found)
    assert (row["entry"], row["kind"], row["files"]) == ("key_missing", "KeyError", 12)
    assert r"'kernel' <b>\|`x`" in corruption_page.page(found)


def test_what_ends_without_an_answer_is_listed_with_its_releases(found: Corruption) -> None:
    rows = corruption_tables.no_answer(found)
    assert {row["end"] for row in rows} == {
        "the process dies (SIGSEGV)",
        "never returns",
        corruption.ENDS["varies"],
    }
    assert {row["releases"] for row in rows} == {"2.4\N{EN DASH}2.15"}


def test_what_does_not_end_the_same_each_time_is_counted(found: Corruption) -> None:
    assert corruption_tables.loaded_again(found) == 24
    assert "It loaded 24 files with a damage of this kind again" in corruption_page.page(found)
    assert "12 of them gave another result" in corruption_page.page(found)


def test_the_figures_have_a_bar_for_each_format_and_place(found: Corruption) -> None:
    assert set(corruption_figures.draw(found)) == {
        "corruption-formats.svg",
        "corruption-places.svg",
    }
    (panel, *_) = corruption_figures.places(found).axes
    assert [label.get_text() for label in panel.get_yticklabels()] == ["tensor data"]
    (bars, *_) = corruption_figures.formats(found).axes
    assert [label.get_text() for label in bars.get_yticklabels()] == ["h5", "keras"]


def test_the_same_tables_give_the_same_bytes(folder: Path) -> None:
    assert corruption_page.build(folder) == corruption_page.build(folder)


@pytest.mark.parametrize("name", ["corruption.csv", "corruption_files.parquet", corruption.ORIGIN])
def test_a_table_that_cannot_be_read_is_named(folder: Path, tmp_path: Path, name: str) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match=rf"{name}: .*Publish the corruption campaign again"):
        corruption.read(tmp_path)


def test_reports_of_damaged_files_are_counted(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    reports = {"a/b#1": {"causes": ["corrupted_file", "bad_path"]}, "a/b#2": {"causes": ["dtype"]}}
    origin = {"config": {"report": {"files": {"reports": reports}}}}
    (tmp_path / "provenance.json").write_text(json.dumps(origin))
    assert corruption.read(tmp_path).reports == {"all": 2, "damaged": 1}
    assert "Of 2 [failures that people reported]" in corruption_page.page(corruption.read(tmp_path))
    assert "failures that people reported" not in corruption_page.page(corruption.read(folder))
