"""Check that a session takes every turn of the design once, despite interruptions and deaths.

A fake timer stands in for the timer of every environment, so the tests need no TensorFlow.
"""

from __future__ import annotations

import io
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from timings_support import NAMES, TURNS, Clock

from experiments.config.schema import Environment
from experiments.environments import installation
from experiments.environments.installation import Ready, Unavailable
from experiments.records import provenance
from experiments.run.store import Line
from experiments.timings import quiet, rejudging, settings, tables
from experiments.timings.design import Design, Turn
from experiments.timings.statistics import allotment, estimates
from experiments.timings.statistics.subjects import SUBJECT, Subjects
from experiments.timings.timer_processes import TimerProcess
from results.schemas import schema_of
from results.storage import invalid

SMALL, SMALL_TURNS = "size=[small]", TURNS // 3
"""The selection of the small models, for tests in which any turn will do, and its turns."""

pytestmark = pytest.mark.whole


def load_rounds(clock: Clock) -> set[tuple[str, str]]:
    """Return the loaded formats, each with the number of rounds of its rows."""
    loads = (row for row in clock.rows() if row["api"].startswith("load"))
    return {(row["format"], row["rounds"]) for row in loads}


def only_format(name: str) -> Callable[..., Subjects]:
    """Return a replacement of `allotment.further` that chooses the loads of one format."""

    def further(turns: pd.DataFrame, *_: object) -> Subjects:
        loads = turns[(turns["format"] == name) & turns["api"].str.startswith("load")]
        return frozenset(loads[SUBJECT].itertuples(index=False, name=None))

    return further


@pytest.mark.parametrize("seed", range(3))
def test_an_interrupted_session_continues_and_loses_no_sample(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    take_turn, replies = TimerProcess.take_turn, list[Line]()
    saves = 3 * 3  # of three environments and three models, in parallel and not interrupted here
    interruptions = sorted(random.Random(seed).sample(range(saves, saves + SMALL_TURNS), 3))

    def interrupted(process: TimerProcess, request: Line) -> Line:
        if interruptions and len(replies) == interruptions[0]:
            interruptions.pop(0)
            raise KeyboardInterrupt
        replies.append(take_turn(process, request))
        return replies[-1]

    monkeypatch.setattr(TimerProcess, "take_turn", interrupted)
    for _ in range(3):
        assert clock.timings(SMALL).status == 130
    before = clock.timed_turns()
    assert clock.timings(SMALL).status == 0
    assert before <= clock.timed_turns()
    turns = [reply["id"] for reply in replies if reply["id"].startswith("time/")]
    design = Design(settings.load([SMALL]))
    assert turns == [
        Turn(number, model, name).id
        for number in (1, 2, 3)
        for model, environments in design.order(number)
        for name in environments
    ]


def test_each_round_has_new_processes(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    take_turn, pids = TimerProcess.take_turn, defaultdict[tuple[str, str], set[int]](set)

    def noted(process: TimerProcess, request: Line) -> Line:
        kind, which, *_ = request["id"].split("/")
        pids[process.name, f"{kind}/{which}"].add(process.pid)
        return take_turn(process, request)

    monkeypatch.setattr(TimerProcess, "take_turn", noted)
    assert clock.timings(SMALL).status == 0
    rounds = {
        (name, which): pids[name, which]
        for name in NAMES
        for which in ("time/1", "time/2", "time/3")
    }
    assert all(len(processes) == 1 for processes in rounds.values())
    assert len(set().union(*rounds.values())) == 3 * len(NAMES)
    # The processes of the first round have saved the files, which only their children did.
    for name in ("tf-2.4", "tf-2.15", "tf-2.21"):
        assert pids[name, "prepare/0"] == pids[name, "time/1"]


def test_a_fresh_session_repeats_everything(timed_clock: Clock) -> None:
    assert timed_clock.timings("fresh=true").status == 0
    assert set(timed_clock.timed_turns().values()) == {1}
    assert (timed_clock.timed.folder / "replies.1").is_dir()


def test_a_process_that_dies_is_started_again(clock: Clock) -> None:
    fatal = "time/2/few_large/small/tf-2.15"
    clock.fake_timers(FAKE_TIMER_FATAL=fatal)
    answer = clock.timings(SMALL)
    assert answer.status == 1
    assert f"HARNESS ERROR {fatal}: it was killed by SIGKILL" in answer.out
    assert len(clock.timed_turns()) == SMALL_TURNS - 1
    incomplete = [row for row in clock.rows() if row["rounds"] == "2"]
    assert {(row["case"], row["environment"]) for row in incomplete} == {
        ("few_large-small", "tf-2.15")
    }
    second = clock.timings(SMALL)
    assert second.status == 0, second
    assert len(clock.timed_turns()) == SMALL_TURNS


def test_an_environment_whose_process_keeps_dying_is_given_up_alone(clock: Clock) -> None:
    take_turn = TimerProcess.take_turn

    def dying(process: TimerProcess, request: Line) -> Line:
        if process.name == "tf-2.4" and request["stage"] == "time":
            process.variables = {**process.variables, "FAKE_TIMER_DEADLY": request["id"]}
            process.stop()
        return take_turn(process, request)

    clock.monkeypatch.setattr(TimerProcess, "take_turn", dying)
    answer = clock.timings(SMALL)
    assert answer.status == 1
    assert "it died 5 times" in answer.out
    assert len(clock.timed_turns()) == SMALL_TURNS - 3 * 3
    assert "tf-2.4" not in {row["environment"] for row in clock.rows()}


def test_a_failed_turn_is_a_fault_of_the_harness_and_counts_in_no_row(clock: Clock) -> None:
    failing = "time/1/many_small/small/tf-2.21"
    clock.fake_timers(FAKE_TIMER_FAILS=failing)
    answer = clock.timings(SMALL)
    assert answer.status == 1
    assert f"HARNESS ERROR {failing}" in answer.out
    assert len(clock.timed_turns()) == SMALL_TURNS - 1


def test_a_turn_in_which_keras_crashes_has_a_reason_and_ends_no_session(clock: Clock) -> None:
    fatal = "time/1/many_small/small/tf-2.21"
    clock.fake_timers(FAKE_TIMER_CRASHES=fatal)
    answer = clock.timings(SMALL)
    assert answer.status == 0, answer
    assert len(clock.timed_turns()) == SMALL_TURNS - 1
    untimed = clock.rows("timings_untimed.csv")
    crashes = [(row["environment"], row["cases"]) for row in untimed if row["outcome"] == "crash"]
    assert crashes == [("tf-2.21", "many_small-small")]


def test_an_environment_that_cannot_be_started_is_reported_and_left_out(clock: Clock) -> None:
    unchanged = installation.prepare

    def prepare(name: str, environment: Environment) -> Ready | Unavailable:
        failing = clock.write("failing", "#!/bin/sh\nexit 3\n")
        failing.chmod(0o755)
        return Ready(failing) if name == "tf-2.4" else unchanged(name, environment)

    clock.monkeypatch.setattr(installation, "prepare", prepare)
    answer = clock.timings(SMALL)
    assert answer.status == 1
    assert "tf-2.4 is left out: TensorFlow could not be imported" in answer.out
    assert {row["environment"] for row in clock.rows()} == {"tf-2.15", "tf-2.21"}


def test_the_budget_ends_the_rounds_and_a_larger_budget_continues_them(clock: Clock) -> None:
    clock.fake_timers(FAKE_TIMER_SLEEP="0.03")
    clock.edit("configs/timings.yaml", "turn_s: 0.01, load_s: 0.01", "turn_s: 0.001, load_s: 0.001")
    answer = clock.timings("budget_s=1")
    assert answer.status == 0, answer
    assert "the budget of 1 s is spent in round" in answer.out
    assert 0 < len(clock.timed_turns()) < TURNS
    assert clock.timings("budget_s=600").status == 0
    assert len(clock.timed_turns()) == TURNS
    assert set(clock.timed_turns().values()) == {1}


def test_a_budget_for_one_round_only_is_reported_after_the_first(clock: Clock) -> None:
    clock.fake_timers(FAKE_TIMER_SLEEP="0.06")
    clock.edit("configs/timings.yaml", "turn_s: 0.01, load_s: 0.01", "turn_s: 0.001, load_s: 0.001")
    answer = clock.timings("budget_s=5.2")
    assert "is too small for two" in answer.out


def test_only_unstable_rows_take_further_rounds(clock: Clock) -> None:
    clock.fake_timers(FAKE_TIMER_NOISE="0.12")
    clock.edit(
        "configs/timings.yaml", "rounds: {least: 3, most: 3}", "rounds: {least: 3, most: 12}"
    )
    assert clock.timings("family=[few_large,many_small]", "budget_s=6000").status == 0
    rounds = Counter(row["rounds"] for row in clock.rows())
    assert max(map(int, rounds)) > 3
    assert all((row["rounds_needed"] != "0") == (row["stable"] == "false") for row in clock.rows())


@pytest.mark.parametrize(
    ("word", "times", "rounds"),
    [
        ("rounds.most=6", 1, {("h5", "5"), ("weights_h5", "4")}),
        ("slice_s=0.06", 2, {("h5", "3"), ("weights_h5", "5")}),
    ],
)
def test_recorded_further_rounds_are_reused_even_if_other_rows_are_chosen_now(
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    times: int,
    rounds: set[tuple[str, str]],
) -> None:
    """With another setting, their replies cannot be reused and all turns are taken again."""
    clock.fake_timers(FAKE_TIMER_NOISE="0.12")
    clock.edit("configs/timings.yaml", "{least: 3, most: 3}", "{least: 3, most: 5}")
    monkeypatch.setattr(allotment, "further", only_format("h5"))
    assert clock.timings(SMALL).status == 0
    monkeypatch.setattr(allotment, "further", only_format("weights_h5"))
    assert clock.timings(SMALL, word).status == 0
    assert set(clock.timed_turns().values()) == {times}
    assert load_rounds(clock) == rounds


def test_a_busy_machine_is_reported(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet.OtherProcesses, "share", lambda processes: 0.4)
    answer = clock.timings(SMALL)
    assert "other processes used 40.0% of the machine" in answer.out
    assert "WARNING: other processes use 40% of the machine" in answer.out
    origin = json.loads((clock.timed.records / "timings_provenance.json").read_text())
    assert origin["others"] == {"median": 0.4, "most": 0.4}


def test_a_second_session_in_the_same_folder_is_refused(clock: Clock) -> None:
    from experiments.run import folders

    with folders.held(clock.timed):
        answer = clock.timings()
    assert answer.status == 2
    assert "another run is at work here" in answer.err


def plant(clock: Clock) -> None:
    """Add a control whose loads are made slower than those of its environment."""
    clock.edit(
        "configs/timings.yaml",
        "tf-2.21-again: {environment: tf-2.21}",
        "tf-2.21-again: {environment: tf-2.21}\n  "
        "tf-2.21-tenth: {environment: tf-2.21, slower: 0.10}",
    )


def pretend_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that the code is that of a commit, without changes."""
    monkeypatch.setattr(provenance, "_git", lambda *words: "" if "status" in words else "1" * 40)


def test_a_planted_slowdown_is_found(clock: Clock) -> None:
    plant(clock)
    clock.edit("configs/timings.yaml", "rounds: {least: 3, most: 3}", "rounds: {least: 6, most: 6}")
    assert clock.timings().status == 0
    origin = json.loads((clock.timed.records / "timings_provenance.json").read_text())
    controls = {control["control"]: control for control in origin["controls"]}
    planted, unplanted = controls["tf-2.21-tenth"], controls["tf-2.21-again"]
    assert planted["tried"] > 5
    assert planted["found"] == planted["tried"]
    assert unplanted["alarms"] <= 0.2 * unplanted["comparisons"]


def test_only_complete_and_unchanged_records_are_published(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clock.command("publish", "timings").status == 2
    clock.fake_timers(FAKE_TIMER_FAILS="time/1/many_small/small/tf-2.21")
    assert clock.timings().status == 1
    assert "has 1 faults of the harness" in clock.command("publish", "timings").err
    clock.fake_timers()
    pretend_commit(monkeypatch)
    assert clock.timings().status == 0
    assert clock.command("publish", "timings").status == 0
    for name in tables.FILES:
        published = (clock.published / name).read_bytes()
        assert published == (clock.timed.records / name).read_bytes()
    (clock.timed.records / "timings.csv").write_text("case\n")
    answer = clock.command("publish", "timings")
    assert answer.status == 2
    assert "was changed after it was recorded" in answer.err


def test_published_samples_are_judged_as_the_session_judged_them(
    timed_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All judged columns are emptied before; the published seconds have seven decimals."""
    pretend_commit(monkeypatch)
    assert timed_clock.timings().status == 0
    assert timed_clock.command("publish", "timings").status == 0
    names = ("timings.csv", "timings_control.csv", "timings_changes.csv")
    before = {name: (timed_clock.published / name).read_bytes() for name in names}
    origin = json.loads((timed_clock.published / tables.ORIGIN).read_text())
    for name, columns in (
        ("timings.csv", estimates.QUALITY),
        ("timings_control.csv", ["difference", "p"]),
        ("timings_changes.csv", ["ratio", "changed"]),
    ):
        table = pd.read_csv(timed_clock.published / name, dtype=str, keep_default_na=False)
        table[columns] = ""
        table.to_csv(timed_clock.published / name, index=False, lineterminator="\n")
    assert timed_clock.command("publish", "judged_timings").status == 0
    for name in names:
        first, second = (
            pd.read_csv(io.BytesIO(before[name])),
            pd.read_csv(timed_clock.published / name),
        )
        pd.testing.assert_frame_equal(first, second, rtol=2e-2, atol=1e-4)
    judged = json.loads((timed_clock.published / tables.ORIGIN).read_text())
    assert judged["stable"] == origin["stable"]
    assert judged["files"] == tables.digests(timed_clock.published)
    assert judged["config"] == origin["config"]


def test_judging_a_folder_without_timings_writes_nothing(tmp_path: Path) -> None:
    rejudging.judge(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_trial_is_published_beside_the_timings_and_does_not_replace_them(
    timed_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_commit(monkeypatch)
    assert timed_clock.timings().status == 0
    assert timed_clock.command("publish", "timings").status == 0
    before = {name: (timed_clock.published / name).read_bytes() for name in tables.FILES}
    plant(timed_clock)
    assert timed_clock.timings("name=trial").status == 0
    assert timed_clock.command("publish", "timings", "name=trial").status == 0
    assert before == {name: (timed_clock.published / name).read_bytes() for name in tables.FILES}
    assert not list(invalid(timed_clock.published / tables.TRIAL, schema_of(tables.TRIAL)))
    trial = json.loads((timed_clock.published / tables.TRIAL).read_text())
    assert "tf-2.21-tenth" in {control["control"] for control in trial["controls"]}
    assert tables.TRIAL in (timed_clock.published / "MANIFEST").read_text()
