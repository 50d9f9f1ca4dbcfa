"""Check the recorded tables of a finished session of timings.

A fake timer stands in for the timer of every environment, so the tests need no TensorFlow.
"""

from __future__ import annotations

import pytest
from timings_support import TURNS, Clock

from experiments.timings import tables
from results.schemas import schema_of
from results.storage import invalid

pytestmark = pytest.mark.whole


def test_every_turn_is_taken_once_and_every_table_follows_its_schema(timed_clock: Clock) -> None:
    assert len(timed_clock.timed_turns()) == TURNS
    assert set(timed_clock.timed_turns().values()) == {1}
    for name in tables.FILES:
        if name.endswith(".parquet"):
            continue
        assert list(invalid(timed_clock.timed.records / name, schema_of(name))) == [], name


def test_a_row_has_the_measured_values(timed_clock: Clock) -> None:
    load = next(
        row
        for row in timed_clock.rows()
        if (row["case"], row["format"], row["environment"], row["api"], row["cache"])
        == ("few_large-large", "h5", "tf-2.4", "load_model", "warm")
    )
    assert load["rounds"] == "3"
    assert load["samples"] == "6"
    assert load["parameters"] == "1000000"
    assert load["file_bytes"] == "4000000"
    assert float(load["median_s"]) == pytest.approx(0.011, rel=0.05)
    assert float(load["ratio_to_floor"]) == pytest.approx(10, rel=0.05)
    assert float(load["ci_low_s"]) <= float(load["median_s"]) <= float(load["ci_high_s"])
    assert float(load["peak_over_floor_bytes"]) == 4e6


def test_a_format_that_cannot_be_saved_has_no_row_but_a_reason(timed_clock: Clock) -> None:
    assert {row["format"] for row in timed_clock.rows()} == {"h5", "weights_h5"}
    refused = [
        row for row in timed_clock.rows("timings_untimed.csv") if row["format"] == "savedmodel"
    ]
    assert [row["reason"] for row in refused] == ["ValueError: no such format"] * 3
    assert {row["environment"] for row in refused} == {"tf-2.4", "tf-2.15", "tf-2.21"}


def test_controls_are_compared_apart_from_releases(timed_clock: Clock) -> None:
    assert {row["environment"] for row in timed_clock.rows()} == {"tf-2.4", "tf-2.15", "tf-2.21"}
    compared = timed_clock.rows("timings_control.csv")
    assert {row["control"] for row in compared} == {"tf-2.15-again", "tf-2.21-again"}
    assert {(row["before"], row["after"]) for row in timed_clock.rows("timings_changes.csv")} == {
        ("tf-2.4", "tf-2.15"),
        ("tf-2.15", "tf-2.21"),
    }


def test_a_finished_session_times_nothing_again(timed_clock: Clock) -> None:
    first = (timed_clock.timed.records / "timings.csv").read_bytes()
    count = len(timed_clock.replies())
    assert timed_clock.timings().status == 0
    assert len(timed_clock.replies()) == count
    assert (timed_clock.timed.records / "timings.csv").read_bytes() == first
