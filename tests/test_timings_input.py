"""Check that all faults of the settings are reported at once, before any work."""

from __future__ import annotations

import pytest
from timings_support import Clock

from experiments.environments import forecast
from experiments.timings import capacity, quiet


@pytest.mark.parametrize(
    ("words", "location", "problem"),
    [
        (["rounds.least=1"], "configs/timings.yaml or the command line", "rounds.least is 1"),
        (["rounds.most=2"], "configs/timings.yaml", "rounds.most is 2, rounds.least is 3"),
        (["budget_s=0"], "configs/timings.yaml", "budget_s is 0"),
        (["budget_s=0.5"], "configs/timings.yaml", "budget_s is 0.5, and two rounds take about"),
        (["change=-1"], "configs/timings.yaml", "change is -1"),
        (["slice_s=0"], "configs/timings.yaml", "slice_s is 0"),
        (["limit.idle_s=0"], "configs/timings.yaml", "limit.idle_s is 0"),
        (["cold=[few_big/*]"], "configs/timings.yaml", "cold: no model matches 'few_big/*'"),
        (["environment=[tf-9*]"], "environment=[tf-9*]", "no environment matches 'tf-9*'"),
        (["+formats.h5.environments=[tf-8]"], "formats.h5", "no environment matches 'tf-8'"),
        (["family=[many]"], "family=[many]", "no family matches 'many'"),
        (["size=[tiny]"], "size=[tiny]", "no size matches 'tiny'"),
        (["format=[weights_h5]", "api=[load_model]"], "select", "no model matches all globs"),
        (["timing=some"], "timing=some", "no timing 'some'"),
        (["rounds"], "rounds", "neither an option nor an override"),
        (["seeds=3"], "seeds=3", "unknown key 'seeds'"),
        (["seed=one"], "seed", "seed"),
        (["--fast"], "--fast", "unknown option"),
    ],
)
def test_a_fault_is_reported_with_its_location_and_nothing_is_run(
    clock: Clock, words: list[str], location: str, problem: str
) -> None:
    answer = clock.timings(*words)
    assert answer.status == 2, answer
    assert location in answer.err
    assert problem in answer.err
    assert not clock.timed.folder.joinpath("replies").exists()


@pytest.mark.parametrize(
    ("control", "problem"),
    [
        ("tf-2.15-again: {environment: tf-2.15, slower: -1}", "slower is -1"),
        ("tf-2.15-again: {environment: tf-9}", "no environment 'tf-9'"),
        ("tf-2.15: {environment: tf-2.15}", "'tf-2.15' is an environment"),
        ("tf 2: {environment: tf-2.15}", "'tf 2' cannot name a folder"),
    ],
)
def test_a_fault_of_a_control_is_reported(clock: Clock, control: str, problem: str) -> None:
    clock.edit("configs/timings.yaml", "tf-2.15-again: {environment: tf-2.15}", control)
    answer = clock.timings()
    assert answer.status == 2
    assert problem in answer.err


def test_all_faults_are_reported_together(clock: Clock) -> None:
    answer = clock.timings("rounds.least=1", "change=0", "cold=[x/*]")
    assert answer.err.startswith("3 faults; nothing was run.")


def test_a_lack_of_disk_space_is_reported_before_any_work(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast, "free_gb", lambda: 0.001)
    answer = clock.timings()
    assert answer.status == 2
    assert "GB of disk, 0.0 GB are free" in answer.err


@pytest.mark.whole
def test_saved_files_of_an_earlier_session_need_no_disk_space(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = "family=[few_large]"
    assert clock.timings(family, "rounds={least: 2, most: 2}").status == 0
    monkeypatch.setattr(forecast, "free_gb", lambda: 0.001)
    assert clock.timings(family).status == 0
    new_session = clock.timings(family, "name=new")
    assert new_session.status == 2
    assert "GB of disk, 0.0 GB are free" in new_session.err


def test_a_lack_of_memory_is_reported_before_any_work(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity, "available_mib", lambda: 10.0)
    answer = clock.timings()
    assert answer.status == 2
    assert "MiB, 10 are free" in answer.err


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("configs/family/few_large.yaml", "says: x\nsizes: {}\n", "sizes is empty"),
        ("configs/family/few_large.yaml", "says: x\n", "sizes is missing"),
        (
            "configs/family/few_large.yaml",
            "says: x\nsizes: {small: {parameters: 0, arguments: {units: 1}}}\n",
            "small has no parameters",
        ),
        (
            "configs/family/few_large.yaml",
            "says: x\nsizes:\n  small: {parameters: 1, arguments: {}, environments: [tf-9]}\n",
            "no environment matches 'tf-9'",
        ),
        ("configs/family/other.yaml", "says: x\nsizes: {}\n", "this kind of model has no module"),
    ],
)
def test_a_fault_of_a_kind_of_model_is_reported(
    clock: Clock, name: str, text: str, problem: str
) -> None:
    clock.write(name, text)
    answer = clock.timings()
    assert answer.status == 2
    assert problem in answer.err


def test_a_kind_of_model_without_its_file_is_reported(clock: Clock) -> None:
    (clock.root / "configs/family/few_large.yaml").unlink()
    assert "experiments/families/few_large.py" in clock.timings().err


def test_a_dry_run_prints_the_selection_and_runs_nothing(clock: Clock) -> None:
    answer = clock.timings("--dry-run")
    assert answer.status == 0
    assert "environments: tf-2.4 tf-2.15 tf-2.21 tf-2.15-again tf-2.21-again" in answer.out
    assert "a round has 45 turns" in answer.out
    assert not clock.timed.folder.exists()


def test_the_use_of_another_process_is_measured() -> None:
    """The process keeps one core busy during the measurement."""
    import subprocess
    import sys
    import time

    other_processes = quiet.OtherProcesses()
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        time.sleep(0.7)
        share = other_processes.share()
        process.kill()
    assert share > 0.1
