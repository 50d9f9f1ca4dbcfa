"""Check that plain scripts reproduce published results, and that differences are reported."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from by_hand import check, estimates, overlaps
from by_hand.check import Check, Row

from experiments.config import compose
from experiments.config.schema import ROOT, Config
from experiments.environments import installation
from experiments.environments.installation import Ready

PUBLISHED = ROOT / "results" / "published" / "cells.csv"
BUILT = ("tf-2.4", "tf-2.15", "tf-2.21")
"""The environments that other tests install anyway."""


@cache
def repository_config() -> Config:
    """Return the config of the repository."""
    return compose.load(())


def row(cell: str, **columns: str) -> Row:
    scenario, case, form, api, saved_with, loaded_with = cell.split("/")
    axes = {"scenario": scenario, "case": case, "format": form, "api": api}
    axes |= {"saved_with": saved_with, "loaded_with": loaded_with}
    return dict.fromkeys(check.COMPARED, "") | {"cell": cell, "outcome": "equal"} | axes | columns


ROWS = [row(f"round_trip/mlp/h5/load_model/tf-2.4/tf-2.{number}") for number in range(22)]


def published(*names: str) -> tuple[list[Row], list[Row]]:
    """Return the seed's rows of the first environment, and all rows between these environments."""
    if not PUBLISHED.exists():
        pytest.skip("nothing is published yet: `nox -s matrix`, then `nox -s publish`")
    rows = check.with_saves(repository_config(), check.rows_of(PUBLISHED))
    candidates = [
        row for row in rows if {row["saved_with"], row["loaded_with"] or names[0]} <= {*names}
    ]
    return check.seed_rows(rows, names[:1]), candidates


@pytest.mark.real
def test_plain_scripts_reproduce_published_cells() -> None:
    seeds, candidates = published(*BUILT)
    config = repository_config()
    for name in BUILT:
        assert isinstance(installation.prepare(name, config.environment[name]), Ready)
    sample = [*seeds, *check.draw(candidates, 4, seed=2026)]
    checks = list(check.carry_out(config, sample, jobs=2))
    assert len(checks) == 7
    assert [line for each in checks if each.wrong for line in each.disagreement()] == []


def test_the_draw_depends_on_its_seed_and_not_on_the_order_of_rows() -> None:
    assert check.draw(ROWS, 5, 1) == check.draw(ROWS[::-1], 5, 1) != check.draw(ROWS, 5, 2)


def test_seed_examples_and_cells_that_cannot_be_repeated_are_not_drawn() -> None:
    excluded = [
        row("round_trip/cnn/h5/load_model/tf-2.4/tf-2.4", outcome="timeout"),
        row("round_trip/rnn/h5/load_model/tf-2.4/tf-2.4", outcome="skipped"),
        row("seed_example_1/as_written/h5/load_weights/tf-2.4/tf-2.4", outcome="error"),
    ]
    assert check.draw([*ROWS, *excluded], 99, 1) == check.draw(ROWS, 99, 1)


def test_a_cell_whose_save_failed_is_compared_with_the_row_of_the_save() -> None:
    failed = {"outcome": "not_saved", "reason": "the save failed: ValueError: No."}
    whole = {"error_type": "ValueError", "error_message": "No.\nNever."}
    cell = row("layer_size/units_first/h5/load_weights/tf-2.4/tf-2.4", **failed)
    save = row("layer_size/dense/h5/save/tf-2.4/", **failed, **whole)
    assert check.with_saves(repository_config(), [cell, save]) == [cell | whole, save]


@pytest.mark.parametrize("column", check.COMPARED)
def test_one_column_that_differs_is_a_disagreement(column: str) -> None:
    repeated = ROWS[0] | {"max_abs_diff": "0.217775"}
    published = repeated | {column: "0.3"}
    assert Check(repeated, repeated, check.COMPARED).wrong == []
    assert Check(published, repeated, check.COMPARED).wrong == [column]


def test_a_disagreement_is_printed_in_full_and_is_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ["cell", "scenario", "case", "format", "api", "saved_with", "loaded_with"]
    columns += check.COMPARED
    lines = [",".join(row[name] for name in columns) for row in ROWS]
    (tmp_path / "cells.csv").write_text("\n".join([",".join(columns), *lines]) + "\n")
    (tmp_path / "environments.csv").write_text("environment\ntf-2.4\n")
    words = ("--data", str(tmp_path), "--sample", "2")

    def by_hand(outcome: str) -> int:
        repeated = dict.fromkeys(check.COMPARED, "") | {"outcome": outcome}
        monkeypatch.setattr(
            check, "replay", lambda config, row: Check(row, repeated, check.COMPARED)
        )
        return check.main(words)

    assert by_hand("equal") == 0
    assert "2 checks, 0 disagree" in capsys.readouterr().out
    assert by_hand("different") == 1
    assert "outcome published: 'equal'\n  outcome by hand:   'different'" in capsys.readouterr().out


def test_a_missing_environment_is_a_disagreement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(installation.PLACE, str(tmp_path))
    (missing,) = check.carry_out(repository_config(), ROWS[:1], jobs=1)
    assert missing.repeated["outcome"] == "not run"
    assert missing.wrong


def timings(
    folder: Path,
    *ratios: tuple[object, ...],
    changes: Sequence[tuple[object, ...]] = ((1.2, 1.1, 1.3, True),),
) -> str:
    """Write tables of timings with these ratios, changes and intervals; return their folder."""
    lines = [
        f"few_large-small,h5,load_model,warm,tf-2.{number},{','.join(map(str, ratio))}"
        for number, ratio in enumerate(ratios)
    ]
    folder.mkdir()
    header = ",".join([*overlaps.KEY, *overlaps.RATIO])
    (folder / "timings.csv").write_text("\n".join([header, *lines]) + "\n")
    step = "tf-2.1,tf-2.2,few_large,h5,load_model,warm"
    header = ",".join([*overlaps.STEP, *overlaps.CHANGE, "changed"])
    rows = [f"{step},{','.join(map(str, change))}" for change in changes]
    (folder / "timings_changes.csv").write_text("\n".join([header, *rows]) + "\n")
    return str(folder)


@pytest.mark.parametrize(
    ("second", "status", "message"),
    [
        ([(2.0, 1.9, 2.1)] * 10, 0, "10 of 10 intervals overlap"),
        ([(2.0, 1.9, 2.1)] * 9 + [(3.0, 2.9, 3.1)], 0, "9 of 10 intervals overlap"),
        ([(2.0, 1.9, 2.1)] * 8 + [(3.0, 2.9, 3.1)] * 2, 1, "8 of 10 intervals overlap"),
        ([(2.0, 1.9, 2.1)] * 8 + [(2.0, "", "")] * 2, 1, "8 of 10 intervals overlap"),
        ([(2.0, 1.9, 2.1)] * 9, 1, "9 of 9 intervals overlap, 1 rows are in one of the runs"),
    ],
)
def test_a_second_run_of_the_timings_is_compared_with_the_first(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    second: list[tuple[object, ...]],
    status: int,
    message: str,
) -> None:
    first = timings(tmp_path / "first", *[(2.05, 2.0, 2.2)] * 10)
    assert overlaps.main([first, timings(tmp_path / "second", *second)]) == status
    assert message in capsys.readouterr().out


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ((1.25, 1.2, 1.4, True), "1 of 1 intervals of changes"),
        ((1.5, 1.4, 1.6, True), "0 of 1 intervals of changes"),
        ((1.25, 1.2, 1.4, True), "1 and 1 are beyond noise, 1 in both runs, of which 0 go"),
        ((0.8, 0.7, 0.9, True), "1 and 1 are beyond noise, 1 in both runs, of which 1 go"),
        ((1.1, 0.9, 1.2, False), "1 and 0 are beyond noise, 0 in both runs, of which 0 go"),
    ],
)
def test_the_changes_of_a_second_run_are_compared_with_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], second: tuple[object, ...], message: str
) -> None:
    row = (2.05, 2.0, 2.2)
    first = timings(tmp_path / "first", row)
    overlaps.main([first, timings(tmp_path / "second", row, changes=[second])])
    assert message in capsys.readouterr().out


@pytest.mark.parametrize(
    ("alarms", "more_alarms", "more_found", "worse"),
    [
        (0.04, (0.01, 0.03), (-0.01, 0.01), False),  # more alarms, but fewer than 5 %
        (0.08, (0.01, 0.03), (-0.01, 0.01), True),
        (0.08, (-0.01, 0.03), (-0.01, 0.01), False),
        (0.04, (-0.01, 0.03), (-0.03, -0.01), True),
    ],
)
def test_only_a_significant_difference_makes_an_estimate_worse(
    alarms: float, more_alarms: tuple[float, float], more_found: tuple[float, float], worse: bool
) -> None:
    zero = estimates.Share(0.0, 0.0, 0.0)
    measured = estimates.Measures(
        name="an estimate",
        alarms=estimates.Share(alarms, 0.0, 1.0),
        more_alarms=estimates.Share(0.0, *more_alarms),
        found=zero,
        more_found=estimates.Share(0.0, *more_found),
        found_small=zero,
        width=0.0,
        stable=0.0,
        row_alarms=0.0,
        comparisons=1,
    )
    assert measured.is_worse is worse
