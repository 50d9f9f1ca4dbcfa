"""Are the effects of a forged file noticed and recorded?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from experiments.config import checks, compose, matrix
from experiments.config.schema import Config, Limit, OwnLimits, Scenario
from experiments.records import scripts
from experiments.scenarios import UNREAD, hostile
from experiments.worker import serve
from results.contract.cells import EFFECTS

NAME = "hostile"


@pytest.fixture(scope="module")
def config() -> Config:
    return compose.load([f"scenario={NAME}"])


@pytest.fixture
def scenario(config: Config) -> Scenario:
    return config.scenario[NAME]


def test_every_forgery_is_a_case_of_the_full_plan_and_none_of_the_quick(config: Config) -> None:
    assert set(config.scenario[NAME].cases) == set(hostile.FORGERIES)
    assert {cell.case for cell in matrix.cells(config)} == set(hostile.FORGERIES)
    quick = matrix.cells(compose.load(["plan=quick"]))
    assert NAME not in {cell.scenario for cell in quick}


def test_files_are_forged_in_every_environment_and_loaded_where_they_were_saved(
    config: Config,
) -> None:
    cells = matrix.cells(config)
    assert {cell.loaded_with for cell in cells} == set(config.environment)
    assert all(cell.saved_with == cell.loaded_with for cell in cells)
    assert {cell.saved_as for cell in cells} == set(hostile.MODELS)


def test_a_forged_file_may_use_less_memory_than_others(config: Config) -> None:
    assert config.limit(NAME, "load").memory_mib < config.limits.load.memory_mib
    assert config.limit(NAME, "save") == config.limits.save
    assert config.limit("round_trip", "load") == config.limits.load


def test_every_watched_file_gives_away_an_effect(scenario: Scenario) -> None:
    assert set(scenario.watch.values()) == set(EFFECTS)


def test_an_unknown_effect_and_a_limit_of_nothing_are_faults(scenario: Scenario) -> None:
    limits = OwnLimits(load=Limit(first_imports=2, last_imports=33, idle_s=0, memory_mib=1))
    changes = {"watch": {"work/marker": "code_at_laod"}, "limits": limits}
    watching = scenario.model_copy(update=changes)
    faults = [str(fault) for fault in checks.scenario_faults(NAME, watching, [NAME], ["tf-2.4"])]
    assert len(faults) == 2
    assert "watch.work/marker: no effect 'code_at_laod'" in "".join(faults)
    assert "limits.load.idle_s is 0" in "".join(faults)


class TestEffects:
    """A cell's folder, in which files stand for the effects of a load."""

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for name in ("work", "tmp"):
            (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / "work")
        return tmp_path

    def test_an_unchanged_folder_shows_no_effect(self, folder: Path, scenario: Scenario) -> None:
        assert serve._effects(str(folder), scenario.watch) == []

    def test_a_marker_before_the_use_is_an_effect_of_the_load(
        self, folder: Path, scenario: Scenario
    ) -> None:
        hostile.PAYLOADS[0](None)
        assert serve._effects(str(folder), scenario.watch) == ["code_at_load"]

    def test_a_marker_after_the_load_is_an_effect_of_the_use(
        self, folder: Path, scenario: Scenario
    ) -> None:
        hostile.Scenario().inputs({"api": "load_model", "saved_as": "lambda"})
        hostile.PAYLOADS[0](None)
        assert serve._effects(str(folder), scenario.watch) == ["code_in_use"]

    def test_the_author_of_a_file_uses_its_model_in_the_folder_of_the_file(
        self, folder: Path
    ) -> None:
        hostile.Scenario().inputs({"saved_as": "lambda"})
        assert Path.cwd() == folder / "work"

    def test_an_unread_file_shows_no_effect(self, folder: Path, scenario: Scenario) -> None:
        secret = Path(hostile._secret(b"secret"))
        assert serve._effects(str(folder), scenario.watch) == []
        os.utime(secret, (UNREAD + 1, UNREAD + 1))
        assert serve._effects(str(folder), scenario.watch) == ["file_read"]

    @pytest.mark.parametrize("path", [hostile.ESCAPED, "../tmp/escaped"])
    def test_a_file_written_outside_of_the_folder_is_an_effect(
        self, folder: Path, scenario: Scenario, path: str
    ) -> None:
        Path(path).write_bytes(b"")
        assert serve._effects(str(folder), scenario.watch) == ["file_written"]


def test_a_script_that_repeats_a_cell_watches_as_the_cell_did(config: Config) -> None:
    part = scripts.of_folder(config)["own"][NAME]
    assert part["load"]["watch"] == config.scenario[NAME].watch
    assert part["load"]["limits"] == vars(config.limit(NAME, "load"))
