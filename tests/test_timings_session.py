"""Is every turn of the design taken once, through interruptions and deaths, within the budget?

The environments are played by a fake timer: what is tested is everything but TensorFlow.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from timings_support import Clock

from experiments.config.schema import Environment
from experiments.environments import installation
from experiments.environments.installation import Ready, Unavailable
from experiments.records import provenance
from experiments.run.store import Line
from experiments.timings import quiet, rejudging, settings, tables
from experiments.timings.design import Design, Turn
from experiments.timings.ensemble import Player
from experiments.timings.statistics import allotment, estimates
from experiments.timings.statistics.subjects import SUBJECT, Subjects
from results.schemas import schema_of
from results.storage import invalid

NAMES = ("tf-2.4", "tf-2.15", "tf-2.21", "tf-2.15-again", "tf-2.21-again")
TURNS = 3 * 3 * 3 * len(NAMES)
"""Rounds, families, sizes, names."""


def rows(clock: Clock, name: str = "timings.csv") -> list[dict[str, str]]:
    with (clock.timed.records / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


def taken(clock: Clock) -> Counter[str]:
    """How often each turn was recorded as timed."""
    return Counter(
        line["id"]
        for line in clock.replies()
        if line["id"].startswith("time/") and line["outcome"] == "timed"
    )


def load_rounds(clock: Clock) -> set[tuple[str, str]]:
    """The formats that are loaded, and of how many rounds their rows are."""
    loads = (row for row in rows(clock) if row["api"].startswith("load"))
    return {(row["format"], row["rounds"]) for row in loads}


def wanting(name: str) -> Callable[..., Subjects]:
    """Have further rounds time one format, whatever they should."""

    def further(turns: pd.DataFrame, *_: object) -> Subjects:
        loads = turns[(turns["format"] == name) & turns["api"].str.startswith("load")]
        return frozenset(loads[SUBJECT].itertuples(index=False, name=None))

    return further


def test_every_turn_is_taken_once_and_every_table_follows_its_schema(clock: Clock) -> None:
    answer = clock.timings()
    assert answer.status == 0, answer
    assert len(taken(clock)) == TURNS
    assert set(taken(clock).values()) == {1}
    for name in tables.FILES:
        if name.endswith(".parquet"):
            continue
        assert list(invalid(clock.timed.records / name, schema_of(name))) == [], name


def test_a_row_says_what_was_measured(clock: Clock) -> None:
    assert clock.timings().status == 0
    one = next(
        row
        for row in rows(clock)
        if (row["case"], row["format"], row["environment"], row["api"], row["cache"])
        == ("few_large-large", "h5", "tf-2.4", "load_model", "warm")
    )
    assert one["rounds"] == "3"
    assert one["samples"] == "6"
    assert one["parameters"] == "1000000"
    assert one["file_bytes"] == "4000000"
    assert float(one["median_s"]) == pytest.approx(0.011, rel=0.05)
    assert float(one["ratio_to_floor"]) == pytest.approx(10, rel=0.05)
    assert float(one["ci_low_s"]) <= float(one["median_s"]) <= float(one["ci_high_s"])
    assert float(one["peak_over_floor_bytes"]) == 4e6


def test_what_is_not_there_is_no_row_and_is_told(clock: Clock) -> None:
    assert clock.timings().status == 0
    assert {row["format"] for row in rows(clock)} == {"h5", "weights_h5"}
    refused = [row for row in rows(clock, "timings_untimed.csv") if row["format"] == "savedmodel"]
    assert [row["reason"] for row in refused] == ["ValueError: no such format"] * 3
    assert {row["environment"] for row in refused} == {"tf-2.4", "tf-2.15", "tf-2.21"}


def test_controls_are_compared_and_are_no_releases(clock: Clock) -> None:
    assert clock.timings().status == 0
    assert {row["environment"] for row in rows(clock)} == {"tf-2.4", "tf-2.15", "tf-2.21"}
    compared = rows(clock, "timings_control.csv")
    assert {row["control"] for row in compared} == {"tf-2.15-again", "tf-2.21-again"}
    assert {(row["before"], row["after"]) for row in rows(clock, "timings_changes.csv")} == {
        ("tf-2.4", "tf-2.15"),
        ("tf-2.15", "tf-2.21"),
    }


@pytest.mark.parametrize("seed", range(3))
def test_interrupted_anywhere_it_goes_on_and_no_sample_is_lost(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    go, chance, told = Player.go, random.Random(seed), list[Line]()
    saved = 3 * 9  # environments and models, side by side: those are not interrupted here
    moments = sorted(chance.sample(range(saved, saved + TURNS), 3))

    def interrupted(player: Player, request: Line) -> Line:
        if moments and len(told) == moments[0]:
            moments.pop(0)
            raise KeyboardInterrupt
        told.append(go(player, request))
        return told[-1]

    monkeypatch.setattr(Player, "go", interrupted)
    for _ in range(3):
        assert clock.timings().status == 130
    before = taken(clock)
    assert clock.timings().status == 0
    assert before <= taken(clock)
    asked = [one["id"] for one in told if one["id"].startswith("time/")]
    design = Design(settings.load([]))
    assert asked == [
        Turn(number, model, name).id
        for number in (1, 2, 3)
        for model, where in design.order(number)
        for name in where
    ]


def test_each_round_has_processes_of_its_own(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    go, told = Player.go, list[tuple[str, int, str]]()

    def noted(player: Player, request: Line) -> Line:
        told.append((player.name, player.pid, "/".join(request["id"].split("/")[:2])))
        return go(player, request)

    monkeypatch.setattr(Player, "go", noted)
    assert clock.timings().status == 0
    by_round = {
        (name, of): {pid for who, pid, when in told if (who, when) == (name, of)}
        for name in NAMES
        for of in ("time/1", "time/2", "time/3")
    }
    assert all(len(pids) == 1 for pids in by_round.values())
    assert len(set().union(*by_round.values())) == 3 * len(NAMES)
    # The first ones have saved the files: they are as new as any, since only their children did.
    assert {pid for _, pid, when in told if when.startswith("prepare")} <= set().union(
        *(by_round[name, "time/1"] for name in NAMES)
    )


def test_nothing_is_timed_twice_when_all_is_there(clock: Clock) -> None:
    assert clock.timings().status == 0
    first = (clock.timed.records / "timings.csv").read_bytes()
    count = len(clock.replies())
    assert clock.timings().status == 0
    assert len(clock.replies()) == count
    assert (clock.timed.records / "timings.csv").read_bytes() == first


def test_fresh_repeats_everything(clock: Clock) -> None:
    assert clock.timings().status == 0
    assert clock.timings("fresh=true").status == 0
    assert set(taken(clock).values()) == {1}
    assert (clock.timed.folder / "replies.1").is_dir()


def test_a_process_that_dies_is_started_again(clock: Clock) -> None:
    fatal = "time/2/few_large/small/tf-2.15"
    clock.fake_timers(FAKE_TIMER_FATAL=fatal)
    answer = clock.timings()
    assert answer.status == 1
    assert f"HARNESS ERROR {fatal}: it was killed by SIGKILL" in answer.out
    assert len(taken(clock)) == TURNS - 1
    lacking = [row for row in rows(clock) if row["rounds"] == "2"]
    assert {(row["case"], row["environment"]) for row in lacking} == {
        ("few_large-small", "tf-2.15")
    }
    again = clock.timings()
    assert again.status == 0, again
    assert len(taken(clock)) == TURNS


def test_an_environment_that_keeps_dying_is_given_up_and_the_others_go_on(clock: Clock) -> None:
    monkey = clock.monkeypatch
    go = Player.go

    def dying(player: Player, request: Line) -> Line:
        if player.name == "tf-2.4" and request["stage"] == "time":
            player.variables = {**player.variables, "FAKE_TIMER_DEADLY": request["id"]}
            player.stop()
        return go(player, request)

    monkey.setattr(Player, "go", dying)
    answer = clock.timings()
    assert answer.status == 1
    assert "it died 5 times" in answer.out
    assert len(taken(clock)) == TURNS - 3 * 3 * 3
    assert "tf-2.4" not in {row["environment"] for row in rows(clock)}


def test_a_failed_turn_is_a_fault_of_the_harness_and_no_row_of_it(clock: Clock) -> None:
    failing = "time/1/many_small/small/tf-2.21"
    clock.fake_timers(FAKE_TIMER_FAILS=failing)
    answer = clock.timings()
    assert answer.status == 1
    assert f"HARNESS ERROR {failing}" in answer.out
    assert len(taken(clock)) == TURNS - 1


def test_a_turn_that_keras_ends_is_told_and_ends_no_session(clock: Clock) -> None:
    fatal = "time/1/many_small/small/tf-2.21"
    clock.fake_timers(FAKE_TIMER_CRASHES=fatal)
    answer = clock.timings()
    assert answer.status == 0, answer
    assert len(taken(clock)) == TURNS - 1
    told = [row for row in rows(clock, "timings_untimed.csv") if row["outcome"] == "crash"]
    assert [(row["environment"], row["cases"]) for row in told] == [("tf-2.21", "many_small-small")]


def test_an_environment_that_cannot_be_started_is_left_out_and_told(clock: Clock) -> None:
    ready = installation.prepare

    def prepare(name: str, of: Environment) -> Ready | Unavailable:
        broken = clock.write("broken", "#!/bin/sh\nexit 3\n")
        broken.chmod(0o755)
        return Ready(broken) if name == "tf-2.4" else ready(name, of)

    clock.monkeypatch.setattr(installation, "prepare", prepare)
    answer = clock.timings()
    assert answer.status == 1
    assert "tf-2.4 is left out: TensorFlow could not be imported" in answer.out
    assert {row["environment"] for row in rows(clock)} == {"tf-2.15", "tf-2.21"}


def test_the_budget_ends_the_rounds_and_what_was_measured_is_kept(clock: Clock) -> None:
    clock.fake_timers(FAKE_TIMER_SLEEP="0.03")
    clock.edit("configs/timings.yaml", "turn_s: 0.01, load_s: 0.01", "turn_s: 0.001, load_s: 0.001")
    answer = clock.timings("budget_s=1")
    assert answer.status == 0, answer
    assert "the budget of 1 s is spent in round" in answer.out
    assert 0 < len(taken(clock)) < TURNS
    # What a budget left out, a larger one adds.
    assert clock.timings("budget_s=60").status == 0
    assert len(taken(clock)) == TURNS
    assert set(taken(clock).values()) == {1}


def test_a_budget_that_one_round_spends_is_told_at_once(clock: Clock) -> None:
    clock.fake_timers(FAKE_TIMER_SLEEP="0.06")
    clock.edit("configs/timings.yaml", "turn_s: 0.01, load_s: 0.01", "turn_s: 0.001, load_s: 0.001")
    answer = clock.timings("budget_s=5.2")
    assert "is too small for two" in answer.out


def test_noise_costs_further_rounds_and_only_what_is_wide_takes_them(clock: Clock) -> None:
    clock.fake_timers(FAKE_TIMER_NOISE="0.12")
    clock.edit(
        "configs/timings.yaml", "rounds: {least: 3, most: 3}", "rounds: {least: 3, most: 12}"
    )
    assert clock.timings("family=[few_large,many_small]", "budget_s=6000").status == 0
    rounds = Counter(row["rounds"] for row in rows(clock))
    assert max(map(int, rounds)) > 3
    assert all((row["rounds_needed"] != "0") == (row["stable"] == "false") for row in rows(clock))


@pytest.mark.parametrize(
    ("word", "times", "rounds"),
    [
        ("rounds.most=6", 1, {("h5", "5"), ("weights_h5", "4")}),
        ("slice_s=0.06", 2, {("h5", "3"), ("weights_h5", "5")}),
    ],
)
def test_further_rounds_are_kept_while_they_are_believed_whatever_is_wanted_by_then(
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    times: int,
    rounds: set[tuple[str, str]],
) -> None:
    """A larger budget wants something else of them; another setting makes all be taken anew."""
    clock.fake_timers(FAKE_TIMER_NOISE="0.12")
    clock.edit("configs/timings.yaml", "{least: 3, most: 3}", "{least: 3, most: 5}")
    monkeypatch.setattr(allotment, "further", wanting("h5"))
    assert clock.timings().status == 0
    monkeypatch.setattr(allotment, "further", wanting("weights_h5"))
    assert clock.timings(word).status == 0
    assert set(taken(clock).values()) == {times}
    assert load_rounds(clock) == rounds


def test_a_machine_under_load_is_told(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet.Others, "share", lambda others: 0.4)
    answer = clock.timings()
    assert "others used 40.0% of the machine" in answer.out
    assert "WARNING: others use 40% of the machine" in answer.out
    origin = json.loads((clock.timed.records / "timings_provenance.json").read_text())
    assert origin["others"] == {"median": 0.4, "most": 0.4}


def test_a_second_session_in_one_place_is_refused(clock: Clock) -> None:
    from experiments.run import folders

    with folders.held(clock.timed):
        answer = clock.timings()
    assert answer.status == 2
    assert "another run is at work here" in answer.err


def plant(clock: Clock) -> None:
    """Have one control load slower than what is behind it."""
    clock.edit(
        "configs/timings.yaml",
        "tf-2.21-again: {environment: tf-2.21}",
        "tf-2.21-again: {environment: tf-2.21}\n  "
        "tf-2.21-tenth: {environment: tf-2.21, slower: 0.10}",
    )


def commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the code be of a commit, without a change since."""
    monkeypatch.setattr(provenance, "_git", lambda *words: "" if "status" in words else "1" * 40)


def test_a_planted_slowdown_is_found(clock: Clock) -> None:
    plant(clock)
    clock.edit("configs/timings.yaml", "rounds: {least: 3, most: 3}", "rounds: {least: 6, most: 6}")
    assert clock.timings().status == 0
    origin = json.loads((clock.timed.records / "timings_provenance.json").read_text())
    found = {one["control"]: one for one in origin["controls"]}
    tenth = found["tf-2.21-tenth"]
    assert tenth["tried"] > 5
    assert tenth["found"] == tenth["tried"]
    assert found["tf-2.21-again"]["alarms"] <= 0.2 * found["tf-2.21-again"]["comparisons"]


def test_what_is_whole_is_published_and_the_rest_is_refused(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clock.command("publish", "timings").status == 2
    clock.fake_timers(FAKE_TIMER_FAILS="time/1/many_small/small/tf-2.21")
    assert clock.timings().status == 1
    assert "has 1 faults of the harness" in clock.command("publish", "timings").err
    clock.fake_timers()
    commit(monkeypatch)
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
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All judged columns are destroyed first; the published seconds have seven decimals."""
    commit(monkeypatch)
    assert clock.timings().status == 0
    assert clock.command("publish", "timings").status == 0
    names = ("timings.csv", "timings_control.csv", "timings_changes.csv")
    before = {name: (clock.published / name).read_bytes() for name in names}
    origin = json.loads((clock.published / tables.ORIGIN).read_text())
    for name, columns in (
        ("timings.csv", estimates.QUALITY),
        ("timings_control.csv", ["difference", "p"]),
        ("timings_changes.csv", ["ratio", "changed"]),
    ):
        table = pd.read_csv(clock.published / name, dtype=str, keep_default_na=False)
        table[columns] = ""
        table.to_csv(clock.published / name, index=False, lineterminator="\n")
    assert clock.command("publish", "judged_timings").status == 0
    for name in names:
        first, again = pd.read_csv(io.BytesIO(before[name])), pd.read_csv(clock.published / name)
        pd.testing.assert_frame_equal(first, again, rtol=2e-2, atol=1e-4)
    judged = json.loads((clock.published / tables.ORIGIN).read_text())
    assert judged["stable"] == origin["stable"]
    assert judged["files"] == tables.digests(clock.published)
    assert judged["config"] == origin["config"]


def test_a_folder_without_timings_is_judged_without_a_change(tmp_path: Path) -> None:
    rejudging.judge(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_trial_is_published_beside_the_timings_and_not_in_their_place(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(monkeypatch)
    assert clock.timings().status == 0
    assert clock.command("publish", "timings").status == 0
    before = {name: (clock.published / name).read_bytes() for name in tables.FILES}
    plant(clock)
    assert clock.timings("name=trial").status == 0
    assert clock.command("publish", "timings", "name=trial").status == 0
    assert before == {name: (clock.published / name).read_bytes() for name in tables.FILES}
    assert not list(invalid(clock.published / tables.TRIAL, schema_of(tables.TRIAL)))
    told = json.loads((clock.published / tables.TRIAL).read_text())
    assert "tf-2.21-tenth" in {one["control"] for one in told["controls"]}
    assert tables.TRIAL in (clock.published / "MANIFEST").read_text()
