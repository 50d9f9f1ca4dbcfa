"""Does a command begin its work at once? The tests measure CPU time, not the load of a machine."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from experiments.config.schema import ROOT

pytestmark = pytest.mark.whole

READING = "from experiments.config import compose; compose.load([])"
STARTS_S, EXPLAINS_S, QUICK_S, FULL_S = 1.0, 1.0, 3.0, 5.0
"""Seconds on a quiet machine."""
CROWDED = 2
"""Factor by which a core that others share may take longer: caches and clock are shared too."""
HEAVY = {"pandas", "pyarrow", "matplotlib", "scipy", "plotly", "duckdb"}


def cpu_s(words: Sequence[str]) -> float:
    """Return the CPU time of a Python process, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@pytest.mark.parametrize(
    ("words", "limit_s"),
    [
        (["-c", READING], STARTS_S),
        (["-m", "experiments", "matrix", "plan=quick", "--dry-run"], QUICK_S),
        (["-m", "experiments", "matrix", "--dry-run"], FULL_S),
        (["-m", "report.answers.explain", "ValueError: Unknown layer: Functional"], EXPLAINS_S),
    ],
    ids=["reading the configuration", "a quick plan", "the full plan", "explain"],
)
def test_a_command_takes_little_cpu_time(
    words: list[str], limit_s: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_LOAD_MATRIX_RUNS", str(tmp_path))
    assert cpu_s(words) < CROWDED * limit_s


def test_a_slow_command_is_noticed() -> None:
    busy = f"import time\nwhile time.process_time() < {CROWDED * STARTS_S}: pass"
    assert cpu_s(["-c", busy]) >= CROWDED * STARTS_S


@pytest.mark.parametrize("module", ["experiments.__main__", "experiments.stages"])
def test_heavy_libraries_are_imported_only_where_they_are_needed(module: str) -> None:
    listing = f"import sys, {module}; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", listing], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert HEAVY.isdisjoint(answer.stdout.split())
