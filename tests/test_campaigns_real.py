"""Load damaged files and forged files in real releases, and check that their ends repeat."""

from __future__ import annotations

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
DOTS = 3
"""The number of dots in the case of a repeated load, whose last word is the fill of memory."""
HOSTILE = ("matrix", "name=hostile", "scenario=[hostile]", "environment=[tf-2.4,tf-2.21]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(autouse=True)
def runs_in_the_temporary_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "RUNS", folder)


@pytest.fixture(scope="module")
def corruption(folder: Path) -> Run:
    return carry_out(folder, "corruption", *CORRUPTION)


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Run:
    return carry_out(folder, "hostile", *HOSTILE)


def carry_out(folder: Path, name: str, *words: str) -> Run:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(folders, "RUNS", folder)
        assert main(words) == 0
    return Run(folder / name)


def saved_files(run: Run) -> dict[str, bytes]:
    """Return all files that a campaign saved, by path."""
    folder = run.folder / "artifacts"
    paths = [path for path in folder.rglob("files/**/*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


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

    def test_the_ends_of_damaged_files_differ(self, corruption: Run) -> None:
        files = pd.read_parquet(corruption.records / "corruption_files.parquet")
        assert {RIGHT, WRONG, MISLEADING} <= set(files["end"]) <= set(ENDS)

    def test_damage_that_may_lead_hdf5_out_of_its_memory_is_loaded_again(
        self, corruption: Run
    ) -> None:
        for environment in ("tf-2.4", "tf-2.21"):
            replies = store.read_lines(corruption.replies("load", environment))
            loads = [reply for reply in replies if reply["outcome"] in ("error", *OF_OUTCOMES)]
            ids = [load["id"].split("/") for load in loads]
            repeats = [(case, form) for _, case, form, *_ in ids if case.count(".") == DOTS]
            assert {"attribute", "superblock"} <= {case.partition(".")[0] for case, _ in repeats}
            assert {form for _, form in repeats} <= {"h5", "weights_h5", "keras_weights_h5"}

    def test_records_follow_their_schemas(self, corruption: Run) -> None:
        for name in ("corruption.csv", "corruption_provenance.json"):
            assert list(storage.invalid(corruption.records / name, schema_of(name))) == []

    def test_a_second_campaign_gives_the_same_bytes(self, corruption: Run) -> None:
        assert main([*CORRUPTION, "name=second"]) == 0
        second = Run(corruption.folder.parent / "second")
        assert saved_files(second) == saved_files(corruption)
        for name in tables.FILES[:2]:
            assert (second.records / name).read_bytes() == (corruption.records / name).read_bytes()

    def test_a_finished_campaign_loads_nothing_again(self, corruption: Run) -> None:
        before = (corruption.records / "corruption.csv").read_bytes()
        replies = len(list(store.read_lines(corruption.replies("load", "tf-2.4"))))
        assert main(CORRUPTION) == 0
        assert (corruption.records / "corruption.csv").read_bytes() == before
        assert len(list(store.read_lines(corruption.replies("load", "tf-2.4")))) == replies


class TestHostile:
    def test_keras_2_runs_the_code_of_a_lambda(self, loads: Loads) -> None:
        effects = loads["lambda_code", "h5", "load_model", "tf-2.4"]["effects"]
        assert effects == "code_at_load+code_in_use"

    def test_keras_3_refuses_a_lambda_in_safe_mode_only(self, loads: Loads) -> None:
        refused = loads["lambda_code", "keras", "load_model", "tf-2.21"]
        assert (refused["verdict"], refused["effects"]) == ("refused", "")
        allowed = loads["lambda_code", "keras", "load_model_unsafe", "tf-2.21"]
        assert (allowed["verdict"], allowed["effects"]) == ("silent", "code_in_use")

    def test_an_operation_of_a_graph_writes_when_the_model_is_used(self, loads: Loads) -> None:
        effects = loads["op_in_graph", "savedmodel", "load_model", "tf-2.4"]["effects"]
        assert effects == "code_in_use"

    def test_keras_2_reads_the_file_behind_an_external_link(self, loads: Loads) -> None:
        assert loads["external_link", "h5", "load_model", "tf-2.4"]["effects"] == "file_read"
        assert loads["external_link", "h5", "load_model", "tf-2.21"]["effects"] == ""

    def test_a_weight_that_unpacks_to_more_than_the_memory_limit_is_stopped(
        self, loads: Loads
    ) -> None:
        load = loads["packed_weights", "h5", "load_model", "tf-2.4"]
        assert (load["outcome"], load["verdict"]) == ("out_of_memory", "broken")
