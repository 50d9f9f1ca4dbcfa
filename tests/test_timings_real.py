"""Time loads and saves in two real environments and one control, and check the tables."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from experiments.__main__ import main
from experiments.run import folders
from experiments.timings import tables
from results.schemas import schema_of
from results.storage import invalid

pytestmark = pytest.mark.real

WORDS = [
    "timings",
    "name=timings-real",
    "environment=[tf-2.4,tf-2.21,tf-2.21-again]",
    "family=[few_large,nested]",
    "size=[small,large]",
    "rounds.least=3",
    "rounds.most=3",
]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(folders, "RUNS", folder)
        assert main(WORDS) == 0
        yield folder / "timings-real" / "records"


def rows(records: Path, name: str = "timings.csv") -> list[dict[str, str]]:
    with (records / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_table_follows_its_schema(records: Path) -> None:
    for name in tables.FILES:
        if not name.endswith(".parquet"):
            assert list(invalid(records / name, schema_of(name))) == [], name


def test_every_load_is_timed_or_has_a_reason(records: Path) -> None:
    timed = {
        (row["environment"], row["format"], row["api"])
        for row in rows(records)
        if row["api"].startswith("load")
    }
    untimed = {
        (row["environment"], row["format"])
        for row in rows(records, "timings_untimed.csv")
        if row["outcome"] != "skipped"
    }
    assert ("tf-2.4", "savedmodel", "load_model") in timed
    assert ("tf-2.4", "weights_h5", "load_weights_by_name") in timed
    assert ("tf-2.21", "keras", "load_model") in timed
    assert ("tf-2.21", "keras_weights_h5", "load_weights") in timed
    assert {("tf-2.21", "savedmodel"), ("tf-2.21", "checkpoint")} <= untimed


def test_a_load_takes_longer_than_its_raw_read_and_needs_memory(records: Path) -> None:
    """The weights of an HDF5 file take hardly longer than a raw read, and few rounds are noisy."""
    ratios = []
    for row in rows(records):
        assert int(row["file_bytes"]) >= 4 * int(row["parameters"])
        if row["api"].startswith("load") and row["size"] == "large":
            ratios.append(float(row["ratio_to_floor"]))
            assert ratios[-1] > 0.5, row
            assert float(row["peak_rss_bytes"]) > 0, row
    assert median(ratios) > 1


def test_models_have_the_declared_number_of_parameters(records: Path) -> None:
    declared = json.loads((records / "timings_provenance.json").read_text())["config"]["family"]
    for row in rows(records):
        size = declared[row["family"]]["sizes"][row["size"]]
        assert int(row["parameters"]) == size["parameters"], row["case"]


def test_each_file_is_saved_from_a_model_of_its_own(records: Path) -> None:
    """Keras 3 removes the optimizer of a model saved to HDF5, so that later saves lack it."""
    paths = list(records.parent.glob("artifacts/tf-2.21/*/*/keras/*.keras"))
    assert paths
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
        assert config["compile_config"]["optimizer"]["class_name"] == "Adam", path.parent


def test_cold_loads_are_timed_or_have_a_reason(records: Path) -> None:
    cold = [row for row in rows(records) if row["cache"] == "cold"]
    skipped = [row for row in rows(records, "timings_untimed.csv") if "cold" in row["reason"]]
    assert cold or skipped
    for row in cold:
        assert float(row["floor_s"]) > 0


def test_profiles_explain_most_of_the_time(records: Path) -> None:
    profiles = rows(records, "timings_profile.csv")
    assert profiles
    for row in profiles:
        shares = [float(row[part]) for part in tables.PARTS]
        assert sum(shares) == pytest.approx(1, abs=1e-3)
    # A load of few milliseconds has few samples; all loads together have enough.
    seconds = [float(row["seconds"]) for row in profiles]
    unexplained = [float(row["other"]) * s for row, s in zip(profiles, seconds, strict=True)]
    assert sum(unexplained) < 0.15 * sum(seconds)
