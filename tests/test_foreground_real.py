"""Can a cell be looked into in the foreground, and stopped where Keras raises?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.config.schema import ROOT

pytestmark = pytest.mark.real

REFUSED = "layer_size/units_last/h5/load_weights/tf-2.15/tf-2.15"
WELL = "round_trip/mlp/h5/load_model/tf-2.15/tf-2.15"


def answer(folder: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Carry a cell out as the menu does, with what a user types meanwhile."""
    return subprocess.run(
        [sys.executable, "-m", "experiments", "cell", *words],
        cwd=ROOT,
        env=os.environ | {"KERAS_LOAD_MATRIX_RUNS": str(folder)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_told_how_the_cell_ends_and_nothing_is_recorded_of_it(tmp_path: Path) -> None:
    told = answer(tmp_path, WELL)
    assert told.returncode == 0, told.stderr
    assert '"outcome": "equal"' in told.stdout
    assert "phase: load" in told.stdout
    assert not (tmp_path / "full" / "replies" / "load").exists()


def test_the_debugger_opens_where_keras_raises(tmp_path: Path) -> None:
    told = answer(tmp_path, REFUSED, "--pdb", typed="p variable.shape\nquit\n")
    assert "Shape mismatch" in told.stdout + told.stderr
    assert "(Pdb) TensorShape([6, 7])" in told.stdout
    assert '"outcome": "error"' in told.stdout


@pytest.mark.parametrize("words", [["scenario=[layer_size]"], ["layer_size/units_last/h5/*"]])
def test_more_cells_than_one_are_a_fault(tmp_path: Path, words: list[str]) -> None:
    told = answer(tmp_path, *words)
    assert told.returncode == 2
    assert "cells are selected" in told.stderr
