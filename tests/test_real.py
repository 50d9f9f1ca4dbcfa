"""Do real releases give the published rows, again, after an interruption, and beside faults?"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from repository import Copy

from experiments.config.schema import ROOT
from results import storage

pytestmark = pytest.mark.real

ENVIRONMENTS = "environment=[tf-2.4,tf-2.15,tf-2.21]"
SELECTION = (
    ENVIRONMENTS,
    "case=[mlp,as_written,units_last,typo_in_extension]",
    "format=[h5,keras]",
)

FAULTY_CONFIG = """\
question: What becomes of a cell when our own code is at fault?
cause: none
expected: load
pairs: diagonal
formats:
  h5: [load_model]
cases: {a_fine: {saved_as: model}, hangs: {saved_as: model}, kills_itself: {saved_as: model},
  kills_the_worker: {saved_as: model}, prints_binary: {saved_as: model}, raises: {saved_as: model},
  raises_in_a_layer: {saved_as: model}, z_fine: {saved_as: model}}
"""
FAULTY_CODE = '''\
"""What becomes of a cell when our own code is at fault?"""

import os
import signal
import time

from experiments.scenarios import BaseScenario, uniform


class Scenario(BaseScenario):
    """Goes wrong while it prepares the load, as its case says; not fenced in."""

    MOUNTS = True

    def build(self, tf, cell):
        return tf.keras.Sequential([tf.keras.layers.Dense(4, input_shape=(3,))])

    def inputs(self, cell):
        return [uniform(5, 3)]

    def prepare(self, path, cell):
        case = cell["case"]
        if case == "hangs":
            time.sleep(1000)
        if case == "kills_itself":
            os.kill(os.getpid(), signal.SIGKILL)
        if case == "kills_the_worker":
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(1000)
        if case == "prints_binary":
            for descriptor in (1, 2):
                os.write(descriptor, bytes(range(256)) * 4096)
        if case == "raises":
            raise ValueError("You are trying to load a weight file containing 2 layers")
        if case == "raises_in_a_layer":
            import tensorflow

            tensorflow.keras.utils.deserialize_keras_object({"class_name": 3, "config": {}})
        return path
'''


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A finished run of a small part of the matrix."""
    copy = Copy(tmp_path_factory.mktemp("finished"))
    copy.run("matrix", *SELECTION)
    return copy


def test_a_small_matrix_gives_the_published_rows(finished: Copy) -> None:
    published = storage.read_csv(ROOT / "results" / "published" / "cells.csv")
    by_id = {row["cell"]: row for row in published}
    rows = finished.rows()
    assert len(rows) > 30
    assert {row["outcome"] for row in rows} >= {"equal", "error", "not_saved"}
    assert rows == [by_id[row["cell"]] for row in rows]


def test_a_finished_run_runs_nothing_again(finished: Copy) -> None:
    before = finished.records()
    output = finished.run("matrix", *SELECTION)
    assert "save(" not in output
    assert "load(" not in output
    assert finished.records() == before


@pytest.mark.parametrize("stage", ["save", "load"])
def test_an_interrupted_run_goes_on_and_ends_with_the_same_bytes(
    finished: Copy, tmp_path: Path, stage: str
) -> None:
    copy = Copy(tmp_path)
    replies = copy.folder / "results/runs/full/replies" / stage
    process = copy.start("matrix", *SELECTION)
    while not any(path.stat().st_size for path in replies.glob("*.jsonl")):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate()
    assert process.returncode == 130, output
    assert "the same command goes on from here" in output
    copy.run("matrix", *SELECTION)
    assert copy.records() == finished.records()


def test_faults_of_the_harness_are_told_apart_and_harm_no_other_cell(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.write("configs/scenario/faulty.yaml", FAULTY_CONFIG)
    copy.write("experiments/scenarios/faulty.py", FAULTY_CODE)
    words = ("scenario=[faulty]", "environment=[tf-2.15,tf-2.21]", "limits.load.idle_s=10")
    output = copy.run("matrix", *words, status=1)
    rows = {tuple(row["cell"].split("/")[1:6:4]): row for row in copy.rows()}
    for name in ("tf-2.15", "tf-2.21"):
        outcomes = {case: row["outcome"] for (case, saver), row in rows.items() if saver == name}
        assert outcomes == {
            "a_fine": "equal",
            "hangs": "harness_error",
            "kills_itself": "harness_error",
            "kills_the_worker": "harness_error",
            "prints_binary": "equal",
            "raises": "harness_error",
            "raises_in_a_layer": "harness_error",
            "z_fine": "equal",
        }
        assert "You are trying to load" in rows["raises", name]["reason"]
        assert "killed by SIGKILL" in rows["kills_the_worker", name]["reason"]
    assert output.count("HARNESS ERROR") >= 8
