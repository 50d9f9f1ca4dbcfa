"""Do the rows agree with the replies, and do verdicts follow from them alone?"""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import configured

from experiments.config.matrix import Cell, Save, cells
from experiments.config.schema import Case, Config, Environment, Pairs, Scenario
from experiments.records.rows import Recorder, named
from experiments.run.protocol import Reply
from results.contract.cells import CELLS, OUTCOMES, Cause, Expected, verdict
from results.contract.columns import Row
from results.storage import to_csv

GOLDEN = Path(__file__).parent / "golden" / "cells.csv"
VERDICTS = {  # the table of the data contract; other outcomes are `not_applicable`
    ("equal", "load"): "works",
    ("different", "load"): "silent",
    ("error", "load"): "broken",
    ("crash", "load"): "broken",
    ("timeout", "load"): "broken",
    ("out_of_memory", "load"): "broken",
    ("equal", "refuse"): "silent",
    ("different", "refuse"): "silent",
    ("error", "refuse"): "refused",
    ("crash", "refuse"): "broken",
    ("timeout", "refuse"): "broken",
    ("out_of_memory", "refuse"): "broken",
}


def config(pairs: Pairs = Pairs.all) -> Config:
    """Return a config with two cases: the first should load, the second be refused."""
    formats = {"h5": ["load_weights"]}
    cause = Cause.layer_parameters
    refused = Case(expected=Expected.refuse, facts=["dense_2", [10, 32]], saved_as="sizes")
    scenario = Scenario(
        question="What happens?",
        cause=cause,
        expected=Expected.load,
        pairs=pairs,
        formats=formats,
        cases={
            "same": Case(),
            "units": refused,
        },
    )
    environment = Environment(python="3.8", requirements=["tensorflow==2.4"], cutoff="2021-11-15")
    return configured(
        environment=dict.fromkeys(("tf-2.4", "tf-2.15", "tf-2.21"), environment),
        scenario={"layer_size": scenario},
    )


CELL = "/scratch/x1/work"
SHAPES = (
    "Layer #0 (named \"dense_2\"), weight <tf.Variable 'dense_2/kernel:0'> has shape (10, 32), "
    f"but the saved weight has shape (10, 16). At 0x7f0a12345678 in {CELL}/model.h5"
)
LOADS: dict[str, Reply] = {
    "tf-2.4": {"outcome": "equal", "phase": "compare"},
    "tf-2.15": {
        "outcome": "error",
        "phase": "load",
        "error_type": "ValueError",
        "error_message": SHAPES,
        "raised_in": "keras.src.backend:_assign_value_to_variable",
        "scratch": "/scratch/x1",
    },
    "tf-2.21": {
        "outcome": "different",
        "phase": "compare",
        "max_abs_diff": 0.123456789,
        "weights_saved": 4,
        "weights_restored": 3,
        "differs": "weights",
    },
}
FAILED_SAVE: Reply = {
    "outcome": "error",
    "phase": "save",
    "error_type": "NotImplementedError",
    "error_message": f'Saving is "not" done,\nnot at all: {CELL}/größe.h5',
    "scratch": "/scratch/x1",
}


def rows(
    saves: dict[str, Reply | None] | None = None, unavailable: dict[str, str] | None = None
) -> list[Row]:
    """Record cells whose saves went well but for `saves`, and whose loaders all replied."""
    done: Reply = {"outcome": "saved", "phase": "save"}

    def saved(save: Save) -> Reply | None:
        return (saves or {}).get(save.saved_with, done)

    def loaded(cell: Cell) -> Reply:
        return LOADS[cell.loaded_with]

    composed = config()
    return Recorder(composed, saved, loaded, unavailable or {}).rows(cells(composed))


def test_rows_are_the_same_bytes_as_before() -> None:
    lost: Reply = {"outcome": "harness_error", "reason": "the worker was killed"}
    recorded = rows({"tf-2.15": FAILED_SAVE, "tf-2.21": lost})
    columns = GOLDEN.read_text("utf-8").partition("\n")[0].split(",")
    assert CELLS.names[: len(columns)] == columns, "a column may be added at the right alone"
    kept = [{name: row[name] for name in columns} for row in recorded]
    assert to_csv(columns, kept) == GOLDEN.read_bytes(), "if meant: schema_version, CHANGELOG"


@pytest.mark.parametrize(("outcome", "expected"), [*product(OUTCOMES, ("load", "refuse"))])
def test_a_verdict_follows_the_data_contract(outcome: str, expected: str) -> None:
    assert verdict(outcome, expected) == VERDICTS.get((outcome, expected), "not_applicable")


def test_a_load_without_a_reply_is_a_fault_of_the_harness() -> None:
    composed = config(Pairs.diagonal)
    recorder = Recorder(composed, lambda save: {"outcome": "saved"}, lambda cell: None, {})
    assert {(row["outcome"], row["reason"]) for row in recorder.rows(cells(composed))} == {
        ("harness_error", f"no reply was recorded; see logs/load/{name}.log")
        for name in composed.environment
    }


@pytest.mark.parametrize("reply", [None, {"outcome": "harness_error", "reason": "no disk"}])
def test_a_load_whose_save_is_lost_is_a_fault_of_the_harness_and_names_the_save(
    reply: Reply | None,
) -> None:
    loads = [row for row in rows({"tf-2.4": reply}) if row["saved_with"] == "tf-2.4"]
    assert len(loads) == 6
    assert {row["outcome"] for row in loads} == {"harness_error"}
    assert all(row["reason"].startswith("its save failed: ") for row in loads)
    log = r"see logs/(cells/layer_size/\w+/h5/save|save)/tf-2.4.log$"
    assert all(re.search(log, row["reason"]) for row in loads)


def test_a_missing_environment_skips_its_cells_with_the_reason() -> None:
    for row in rows(unavailable={"tf-2.15": "tf-2.15 is unavailable: no Python 3.8"}):
        if "tf-2.15" in (row["saved_with"], row["loaded_with"]):
            assert (row["outcome"], row["verdict"]) == ("skipped", "not_applicable")
            assert row["reason"] == "tf-2.15 is unavailable: no Python 3.8"
        else:
            assert row["outcome"] != "skipped"


def test_a_failed_save_has_a_row_with_the_full_message() -> None:
    recorded = rows({"tf-2.15": FAILED_SAVE})
    saves = [row for row in recorded if not row["loaded_with"]]
    assert [row["cell"] for row in saves] == [
        f"layer_size/{case}/h5/save/tf-2.15" for case in ("same", "sizes")
    ]
    assert {row["error_message"] for row in saves} == {
        'Saving is "not" done,\nnot at all: <cell>/größe.h5'
    }
    loads = [row for row in recorded if row["saved_with"] == "tf-2.15" and row["loaded_with"]]
    assert {(row["outcome"], row["reason"], row["error_message"]) for row in loads} == {
        ("not_saved", 'the save failed: NotImplementedError: Saving is "not" done,', "")
    }


sizes = st.lists(st.integers(1, 999), min_size=1, max_size=4)


@given(sizes, st.sampled_from(["({})", "[{}]", "TensorShape([{}])", "shape={} ", "({},)"]))
def test_a_shape_is_named_in_any_brackets(shape: list[int], brackets: str) -> None:
    for comma in (", ", ","):
        text = brackets.format(comma.join(map(str, shape)))
        assert named(shape, f"expected {text} but found (1, 2, 3, 4, 5)")


@given(sizes, sizes)
def test_another_shape_is_not_named(shape: list[int], second: list[int]) -> None:
    assert named(shape, f"found {tuple(second)}") is (shape == second)
    sizes_in_words = ", ".join(map(str, shape))
    for longer in ("(None, {})", "(1, {})", "[{}, 1]", "[{},None]"):
        assert not named(shape, "found " + longer.format(sizes_in_words))


@pytest.mark.parametrize(
    ("fact", "message", "expected"),
    [
        ([32], "dtype float32 of dense_32", False),
        ([2], "in TensorFlow v2.4", False),
        ("dense", "layer dense_1 has weights", False),
        ("dense", "layer 'dense' has weights", True),
        ("dense", "dense/kernel:0 is missing", True),
        ("model.h5", "no file at model.h5py", False),
        ("model.h5", "no file at <cell>/model.h5", True),
    ],
)
def test_a_text_that_only_looks_like_a_fact_is_no_fact(
    fact: object, message: str, expected: bool
) -> None:
    assert named(fact, message) is expected
