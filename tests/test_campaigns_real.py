"""Do the campaigns of damaged and of forged files run in real releases, the same way each time?"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from experiments.__main__ import main
from experiments.config.schema import ROOT
from experiments.corruption import tables
from experiments.corruption.again import SCENARIO
from experiments.corruption.judging import ENDS, MISLEADING, OF_OUTCOMES, RIGHT, WRONG
from experiments.hostile import table
from experiments.run import folders, store
from experiments.run.store import Run
from results import storage

pytestmark = pytest.mark.real
PUBLISHED = ROOT / "results" / "published"
CORRUPTION = ("corruption", "environment=[tf-2.4,tf-2.21]", "files=60")
HOSTILE = ("hostile", "environment=[tf-2.4,tf-2.21]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(autouse=True)
def runs_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "RUNS", folder)


@pytest.fixture(scope="module")
def corruption(folder: Path) -> Run:
    return carried_out(folder, *CORRUPTION)


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Run:
    return carried_out(folder, *HOSTILE)


def carried_out(folder: Path, *words: str) -> Run:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(folders, "RUNS", folder)
        assert main(words) == 0
    return Run(folder / words[0])


def saved(run: Run) -> dict[str, bytes]:
    """Return all files that a campaign saved, by where they are."""
    folder = run.folder / "artifacts"
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("files/**/*")}
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


@pytest.fixture(scope="module")
def ends(hostile: Run) -> dict[tuple[str, ...], str]:
    with (hostile.records / table.FILES[0]).open(encoding="utf-8", newline="") as stream:
        keys = ("case", "format", "api", "environment")
        return {tuple(row[key] for key in keys): row["end"] for row in csv.DictReader(stream)}


class TestCorruption:
    def test_every_format_is_damaged_in_every_release_that_writes_it(self, corruption: Run) -> None:
        counts = pd.read_csv(corruption.records / "corruption.csv")
        files = counts.groupby(["format", "environment"])["files"].sum()
        assert set(files.index) == {
            *((name, "tf-2.4") for name in ("h5", "savedmodel", "weights_h5", "checkpoint")),
            *((name, "tf-2.21") for name in ("h5", "keras", "keras_weights_h5")),
        }
        assert set(files) == {60}

    def test_damage_ends_in_more_than_one_way(self, corruption: Run) -> None:
        files = pd.read_parquet(corruption.records / "corruption_files.parquet")
        found = Counter(files["end"])
        assert {RIGHT, WRONG, MISLEADING} <= set(found) <= set(ENDS)

    def test_what_may_read_what_is_not_its_own_is_loaded_again(self, corruption: Run) -> None:
        for environment in ("tf-2.4", "tf-2.21"):
            replies = store.read_lines(corruption.replies("load", environment))
            loads = [one for one in replies if one["outcome"] in ("error", *OF_OUTCOMES)]
            ids = [one["id"].split("/") for one in loads]
            again = [(case, form) for scenario, case, form, *_ in ids if scenario == SCENARIO]
            assert {"attribute", "superblock"} <= {case.partition(".")[0] for case, _ in again}
            assert {form for _, form in again} <= {"h5", "weights_h5", "keras_weights_h5"}

    def test_records_follow_their_schemas(self, corruption: Run) -> None:
        for name in ("corruption.csv", "corruption_provenance.json"):
            schema = PUBLISHED / f"{Path(name).stem}.schema.json"
            assert list(storage.invalid(corruption.records / name, schema)) == []

    def test_a_second_campaign_gives_the_same_bytes(self, corruption: Run) -> None:
        assert main([*CORRUPTION, "name=again"]) == 0
        again = Run(corruption.folder.parent / "again")
        assert saved(again) == saved(corruption)
        for name in tables.FILES[:2]:
            assert (again.records / name).read_bytes() == (corruption.records / name).read_bytes()

    def test_one_that_is_over_repeats_nothing(self, corruption: Run) -> None:
        before = (corruption.records / "corruption.csv").read_bytes()
        replies = len(list(store.read_lines(corruption.replies("load", "tf-2.4"))))
        assert main(CORRUPTION) == 0
        assert (corruption.records / "corruption.csv").read_bytes() == before
        assert len(list(store.read_lines(corruption.replies("load", "tf-2.4")))) == replies


class TestHostile:
    def test_keras_2_runs_the_code_of_a_lambda(self, ends: dict[tuple[str, ...], str]) -> None:
        assert ends["lambda_code", "h5", "load_model", "tf-2.4"] == "ran"

    def test_keras_3_refuses_it_unless_it_is_told_to(
        self, ends: dict[tuple[str, ...], str]
    ) -> None:
        assert ends["lambda_code", "keras", "load_model", "tf-2.21"] == "refused"
        assert ends["lambda_code", "keras", "load_model_unsafe", "tf-2.21"] == "ran"

    def test_a_link_into_another_file_has_it_read(self, ends: dict[tuple[str, ...], str]) -> None:
        assert ends["external_link", "h5", "load_model", "tf-2.4"] == "read"

    def test_a_weight_that_unpacks_to_more_than_there_is_is_stopped(
        self, ends: dict[tuple[str, ...], str]
    ) -> None:
        assert ends["packed_weights", "h5", "load_model", "tf-2.4"] == "exhausted"

    def test_records_follow_their_schemas(self, hostile: Run) -> None:
        for name in table.FILES:
            schema = PUBLISHED / f"{Path(name).stem}.schema.json"
            assert list(storage.invalid(hostile.records / name, schema)) == []
