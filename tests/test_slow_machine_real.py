"""Is the record the same on a machine that is slow or busy?

A small matrix with the slowest load that ends, and with a load that never does.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from experiments.chaos import trial
from experiments.chaos.events import MACHINE, STRAINS, Event
from experiments.chaos.trial import Place

pytestmark = pytest.mark.real

SLOW = "round_trip/rnn/savedmodel/load_model/tf-2.4/tf-2.4"
ENDLESS = "renamed_by_hand/normalization/h5/load_model/tf-2.4/tf-2.4"
LOOP = "tensorflow.python.keras.engine.functional:reconstruct_from_config"
SELECTED = (
    *("environment=[tf-2.4]", "scenario=[round_trip,renamed_by_hand]"),
    *("case=[rnn,normalization]", "format=[savedmodel,h5]"),
)
QUICK = ("limits.load.last_imports=6",)
"""An endless loop is repeated for less long than usual; the slowest load takes two imports."""


def rows(content: bytes) -> dict[str, dict[str, str]]:
    return {row["cell"]: row for row in csv.DictReader(io.StringIO(content.decode("utf-8")))}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    place = Place(tmp_path_factory.mktemp("undisturbed"), [*SELECTED, *QUICK])
    assert place.finish(), (place.folder / "log").read_text()
    return place.cells()


def test_what_is_slow_ends_and_what_loops_is_told_with_its_loop(undisturbed: bytes) -> None:
    found = rows(undisturbed)
    assert found[SLOW]["outcome"] == "equal"
    assert (found[ENDLESS]["outcome"], found[ENDLESS]["raised_in"]) == ("timeout", LOOP)


@pytest.mark.parametrize("what", STRAINS)
def test_the_bytes_are_the_same_under_strain(undisturbed: bytes, tmp_path: Path, what: str) -> None:
    place = Place(tmp_path, [*SELECTED, *QUICK])
    trial.disturb(place, Event(1, MACHINE, what, (0.5,)), 0.5, 1, 1)
    assert place.statuses == [0], (place.folder / "log").read_text()
    assert place.cells() == undisturbed


def test_a_last_limit_that_is_too_short_would_be_seen(undisturbed: bytes, tmp_path: Path) -> None:
    short = ("limits.load.first_imports=0.3", "limits.load.last_imports=0.4")
    place = Place(tmp_path, [*SELECTED, "case=[rnn]", *short])
    assert place.finish()
    assert rows(place.cells())[SLOW]["outcome"] == "timeout"
    assert rows(undisturbed)[SLOW]["outcome"] == "equal"
