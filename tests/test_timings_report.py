"""Check that the page of the timings agrees with the tables."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from timings_support import Clock

from report.drawing import timing_figures
from report.findings import timing_tables
from report.products import timing_page
from report.read import timings
from report.read.cells import TIMED, DataError

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the records of a session with a planted slowdown."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        clock = Clock(tmp_path_factory.mktemp("timings"), monkeypatch)
        clock.edit(
            "configs/timings.yaml",
            "tf-2.21-again: {environment: tf-2.21}",
            "tf-2.21-tenth: {environment: tf-2.21, slower: 0.10}",
        )
        assert clock.timings().status == 0
        yield clock.timed.records


@pytest.fixture
def folder(records: Path, tmp_path: Path) -> Path:
    """Return a copy of the records that a test may change."""
    return Path(shutil.copytree(records, tmp_path / "records"))


def test_the_same_tables_give_the_same_bytes(records: Path) -> None:
    assert timing_page.build(records) == timing_page.build(records)


def test_the_page_shows_exactly_the_drawn_figures(
    records: Path,
) -> None:
    built = timing_page.build(records)
    text = built[Path("TIMINGS.md")].decode()
    shown = set(re.findall(r"\((figures/[^)]+)\)", text))
    assert shown == {str(path) for path in built if path.suffix == ".svg"}
    assert len(shown) == 5


def test_figures_contain_only_vectors(records: Path) -> None:
    for content in timing_figures.draw(timings.read(records)).values():
        assert content.startswith(b"<?xml")
        assert b"<image" not in content


def test_the_numbers_of_the_page_are_those_of_the_table(records: Path) -> None:
    published = timings.read(records)
    loads = published.loads
    rows = loads[
        (loads["environment"] == "tf-2.21") & (loads["format"] == "h5") & (loads["size"] == "large")
    ]
    cell = next(
        row["cells"][published.sizes.index("large")]
        for row in timing_tables.costs(published, "tf-2.21")
        if row["way"] == "m.h5, load_model"
    )
    assert cell.startswith(timing_tables.seconds(rows["median_s"].min()).split()[0])
    assert "(" in cell


def test_the_page_counts_the_loads_that_show_the_planted_slowdown(records: Path) -> None:
    text = timing_page.page(timings.read(records))
    line = next(line for line in text.splitlines() if line.startswith("| `tf-2.21-tenth`"))
    controls = timings.read(records).origin["controls"]
    (planted,) = (control for control in controls if control["control"] == "tf-2.21-tenth")
    assert "10 % slower" in line
    assert f"{planted['found']} of {planted['tried']}" in line


def test_the_page_describes_the_results_of_a_trial(folder: Path) -> None:
    assert "A separate session" not in timing_page.page(timings.read(folder))
    control = {"environment": "tf-2.21", "tried": 0, "found": 0, "comparisons": 0, "alarms": 0}
    control |= {"rows": 0, "row_alarms": 0}
    controls = [
        control | {"slower": 0.0, "comparisons": 20, "alarms": 2, "rows": 60, "row_alarms": 3},
        control | {"slower": 0.03, "tried": 8, "found": 2},
        control | {"slower": 0.1, "tried": 8, "found": 7, "rows": 40, "row_alarms": 40},
        control | {"slower": 0.1, "tried": 9, "found": 9},
    ]
    trial = {**timings.read(folder).origin, "controls": controls}
    (folder / timings.TRIAL).write_text(json.dumps(trial))
    text = timing_page.page(timings.read(folder))
    assert "It found a slowdown of 10 % in 16 of 17 stable comparisons." in text
    assert "It found a slowdown of 3 % in 2 of 8 stable comparisons." in text
    assert "Without a slowdown, 2 of 20 comparisons (10.0 %)" in text
    assert "and 3 of 60 single rows (5.0 %) differ." in text


def test_only_changes_of_most_models_are_in_the_table(folder: Path) -> None:
    path = folder / "timings_changes.csv"
    table = pd.read_csv(path)
    table["changed"] = False
    table["reason"] = ""
    step = (
        (table["after"] == "tf-2.21") & (table["format"] == "h5") & (table["api"] == "load_model")
    )
    step &= table["cache"] == "warm"
    table.loc[step, "changed"] = True
    table.loc[step, "ratio"] = 1.5
    table.loc[step, "reason"] = "h5py 2.10 to 3.1"
    few = table.index[(table["after"] == "tf-2.15") & (table["format"] == "h5")][:2]
    table.loc[few, "changed"] = True
    table.loc[few, "ratio"] = 0.5
    table.to_csv(path, index=False)
    (change,) = timing_tables.changes(timings.read(folder))
    assert (change["before"], change["after"]) == ("2.15", "2.21")
    assert change["way"] == "m.h5, load_model"
    assert change["median"] == "+50 %"
    assert change["reason"] == "h5py 2.10 to 3.1"


def test_the_page_is_built_from_rows_alone(folder: Path) -> None:
    for name, _ in timings.TABLES.values():
        if name != "timings.csv":
            (folder / name).write_text("\n")
    built = timing_page.build(folder)
    assert len(built) == 4
    assert "No release changed a way" in built[Path("TIMINGS.md")].decode()


@pytest.mark.parametrize("name", [*(name for name, _ in timings.TABLES.values()), TIMED])
def test_a_missing_table_is_reported(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(DataError, match=re.escape(name)):
        timings.read(folder)


def test_a_missing_column_is_reported(folder: Path) -> None:
    table = pd.read_csv(folder / "timings.csv")
    table.drop(columns="stable").to_csv(folder / "timings.csv", index=False)
    with pytest.raises(DataError, match="no column stable"):
        timings.read(folder)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.01234, "12 ms"),
        (1.26, "1.3 s"),
        (0.0000042, "4.2 µs"),
        (31.0, "31 s"),
        (0.995, "1000 ms"),
    ],
)
def test_times_are_written_to_two_digits(value: float, written: str) -> None:
    assert timing_tables.seconds(value) == written


@pytest.mark.parametrize(("value", "written"), [(-0.001, "0.00 ×"), (-0.2, "-0.20 ×")])
def test_a_rounded_zero_has_no_sign(value: float, written: str) -> None:
    assert timing_tables.times(value) == written


def test_an_exponent_with_a_wide_interval_is_not_shown(folder: Path) -> None:
    path = folder / "timings_scaling.csv"
    table = pd.read_csv(path)
    table["low"], table["high"] = table["exponent"] - 1.5, table["exponent"] + 1.5
    table.to_csv(path, index=False)
    for row in timing_tables.exponents(timings.read(folder)):
        assert set(row["cells"]) <= {"not known", ""}


@pytest.mark.parametrize(
    ("value", "written"),
    [(1.123, "+12 %"), (0.9, "-10 %"), (3.14, "3.1 × as long"), (0.25, "0.25 × as long")],
)
def test_changes_are_written_in_per_cent_or_multiples(value: float, written: str) -> None:
    assert timing_tables.change(value) == written
