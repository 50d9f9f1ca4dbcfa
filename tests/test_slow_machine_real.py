"""Is the record the same on a machine that is slow or busy?

The tests use two cells of one release: a slow load that ends, and an endless load. Their limits are
short, but the last limit is three times the need of the slow load, as in the matrix.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from experiments.chaos import trial
from experiments.chaos.events import MACHINE, STRAINS, Event
from experiments.chaos.trial import Sandbox

pytestmark = pytest.mark.real

SLOW = "recurrent_states/lstm/savedmodel/load_model/tf-2.4/tf-2.4"
"""Takes about one import of CPU time: it ends before the first limit, but not before a quarter."""
SLOWEST = "round_trip/rnn/savedmodel/load_model/tf-2.4/tf-2.4"
"""Takes about two imports, and no less than a second: a limit has whole seconds."""
ENDLESS = "renamed_by_hand/normalization/h5/load_model/tf-2.4/tf-2.4"
LOOP = "tensorflow.python.keras.engine.functional:reconstruct_from_config"
WORDS = (SLOW, ENDLESS, "limits.load.first_imports=1.5", "limits.load.last_imports=3")


def rows(content: bytes) -> dict[str, dict[str, str]]:
    return {row["cell"]: row for row in csv.DictReader(io.StringIO(content.decode("utf-8")))}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    sandbox = Sandbox(tmp_path_factory.mktemp("undisturbed"), WORDS)
    assert sandbox.finish(), (sandbox.folder / "log").read_text()
    return sandbox.cells()


def test_a_slow_load_ends_and_an_endless_load_names_its_loop(undisturbed: bytes) -> None:
    cells = rows(undisturbed)
    assert cells[SLOW]["outcome"] == "equal"
    assert (cells[ENDLESS]["outcome"], cells[ENDLESS]["raised_in"]) == ("timeout", LOOP)


@pytest.mark.parametrize("kind", STRAINS)
def test_the_bytes_are_the_same_under_strain(undisturbed: bytes, tmp_path: Path, kind: str) -> None:
    sandbox = Sandbox(tmp_path, WORDS)
    trial.disturb(sandbox, Event(1, MACHINE, kind, (0.5,)), 0.5, 1, 1)
    assert sandbox.statuses == [0], (sandbox.folder / "log").read_text()
    assert sandbox.cells() == undisturbed


def test_a_last_limit_that_is_too_short_makes_a_timeout(tmp_path: Path) -> None:
    short = ("limits.load.first_imports=0.1", "limits.load.last_imports=0.2")
    sandbox = Sandbox(tmp_path, [SLOWEST, *short])
    assert sandbox.finish()
    assert rows(sandbox.cells())[SLOWEST]["outcome"] == "timeout"
