"""Does one cell run in the foreground, and stop in the debugger where Keras raises?"""

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


def run(folder: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Carry a cell out as nox does, with `typed` as the user's input."""
    return subprocess.run(
        [sys.executable, "-m", "experiments", "cell", *words],
        cwd=ROOT,
        env=os.environ | {"KERAS_LOAD_MATRIX_RUNS": str(folder)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_reply_is_printed_and_not_recorded(tmp_path: Path) -> None:
    process = run(tmp_path, WELL)
    assert process.returncode == 0, process.stderr
    assert '"outcome": "equal"' in process.stdout
    assert "phase: load" in process.stdout
    assert not (tmp_path / "full" / "replies" / "load").exists()


def test_the_debugger_opens_where_keras_raises(tmp_path: Path) -> None:
    process = run(tmp_path, REFUSED, "--pdb", typed="p variable.shape\nquit\n")
    assert "Shape mismatch" in process.stdout + process.stderr
    assert "(Pdb) TensorShape([6, 7])" in process.stdout
    assert '"outcome": "error"' in process.stdout


@pytest.mark.parametrize("words", [["scenario=[layer_size]"], ["layer_size/units_last/h5/*"]])
def test_several_cells_are_a_fault(tmp_path: Path, words: list[str]) -> None:
    process = run(tmp_path, *words)
    assert process.returncode == 2
    assert "cells are selected" in process.stderr
