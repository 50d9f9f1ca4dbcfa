"""Do damaged files, and forged ones, end in real releases as they should, each time alike?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from experiments.__main__ import main
from experiments.config.schema import ROOT
from experiments.corruption import tables
from experiments.corruption.judging import ENDS, MISLEADING, OF_OUTCOMES, RIGHT, WRONG
from experiments.run import folders, store
from experiments.run.store import Run
from results import storage
from results.contract.columns import Row
from results.schemas import schema_of

pytestmark = pytest.mark.real
PUBLISHED = ROOT / "results" / "published"
CORRUPTION = ("corruption", "environment=[tf-2.4,tf-2.21]", "files=60")
FILL = 3
"""The part of a case, counted from 0, that is the byte in memory of a further load."""
HOSTILE = ("matrix", "name=hostile", "scenario=[hostile]", "environment=[tf-2.4,tf-2.21]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(autouse=True)
def runs_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "RUNS", folder)


@pytest.fixture(scope="module")
def corruption(folder: Path) -> Run:
    return carried_out(folder, "corruption", *CORRUPTION)


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Run:
    return carried_out(folder, "hostile", *HOSTILE)


def carried_out(folder: Path, name: str, *words: str) -> Run:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(folders, "RUNS", folder)
        assert main(words) == 0
    return Run(folder / name)


def saved(run: Run) -> dict[str, bytes]:
    """Return all files that a campaign saved, by where they are."""
    folder = run.folder / "artifacts"
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("files/**/*")}
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


Loads = dict[tuple[str, ...], Row]
"""Rows of forged files by case, format, API and environment."""


@pytest.fixture(scope="module")
def loads(hostile: Run) -> Loads:
    keys = ("case", "format", "api", "loaded_with")
    rows = storage.read_csv(hostile.records / "cells.csv")
    return {tuple(row[key] for key in keys): row for row in rows}


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

    def test_damage_that_may_lead_hdf5_out_of_its_memory_is_loaded_again(
        self, corruption: Run
    ) -> None:
        for environment in ("tf-2.4", "tf-2.21"):
            replies = store.read_lines(corruption.replies("load", environment))
            loads = [reply for reply in replies if reply["outcome"] in ("error", *OF_OUTCOMES)]
            ids = [load["id"].split("/") for load in loads]
            again = [(case, form) for _, case, form, *_ in ids if case.count(".") == FILL]
            assert {"attribute", "superblock"} <= {case.partition(".")[0] for case, _ in again}
            assert {form for _, form in again} <= {"h5", "weights_h5", "keras_weights_h5"}

    def test_records_follow_their_schemas(self, corruption: Run) -> None:
        for name in ("corruption.csv", "corruption_provenance.json"):
            assert list(storage.invalid(corruption.records / name, schema_of(name))) == []

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
    def test_keras_2_runs_the_code_of_a_lambda(self, loads: Loads) -> None:
        effects = loads["lambda_code", "h5", "load_model", "tf-2.4"]["effects"]
        assert effects == "code_at_load+code_in_use"

    def test_keras_3_refuses_it_in_safe_mode_alone(self, loads: Loads) -> None:
        refused = loads["lambda_code", "keras", "load_model", "tf-2.21"]
        assert (refused["verdict"], refused["effects"]) == ("refused", "")
        allowed = loads["lambda_code", "keras", "load_model_unsafe", "tf-2.21"]
        assert (allowed["verdict"], allowed["effects"]) == ("silent", "code_in_use")

    def test_an_operation_of_a_graph_writes_when_the_model_is_used(self, loads: Loads) -> None:
        effects = loads["op_in_graph", "savedmodel", "load_model", "tf-2.4"]["effects"]
        assert effects == "code_in_use"

    def test_a_link_into_another_file_has_it_read(self, loads: Loads) -> None:
        assert loads["external_link", "h5", "load_model", "tf-2.4"]["effects"] == "file_read"
        assert loads["external_link", "h5", "load_model", "tf-2.21"]["effects"] == ""

    def test_a_weight_that_unpacks_to_more_than_there_is_is_stopped(self, loads: Loads) -> None:
        load = loads["packed_weights", "h5", "load_model", "tf-2.4"]
        assert (load["outcome"], load["verdict"]) == ("out_of_memory", "broken")
