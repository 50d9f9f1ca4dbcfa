"""Are intervals as sure as they say, and is what was planted found? By samples of known truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.config.schema import Environment
from experiments.timings.config import Control, Timings
from experiments.timings.statistics import (
    allotment,
    changes,
    control,
    differences,
    estimates,
    judging,
    moderation,
    neighbours,
    scaling,
)
from experiments.timings.statistics.judging import Judged
from experiments.timings.statistics.samples import KEY, SUBJECT

CASES, SIZES = 60, 3


def turns(
    seed: int,
    names: dict[str, float],
    rounds: int = 6,
    noise: float = 0.02,
    drift: float = 0.1,
    own: float = 0.0,
    cases: int = CASES,
    pace: float = 0.0,
    lean: float = 0.0,
) -> pd.DataFrame:
    """Make turns up: `names` maps an environment to how much slower than the others it is.

    `drift` is what all environments of a round share, `own` what each process adds for good, `pace`
    what the machine does to each call, half as much again as to the work that tells of it. `lean`
    is what that work alone takes longer in each process for good.
    """
    chance = np.random.default_rng(seed)
    shared = {(case, n): chance.normal(0, drift) for case in range(cases) for n in range(rounds)}
    rows = []
    for name, slower in names.items():
        habit, leant = 0.0, chance.normal(0, lean) if lean else 0.0
        for case in range(cases):
            # The sizes of a family share what a process has for good.
            habit = chance.normal(0, own) if case % SIZES == 0 else habit
            for n in range(rounds):
                log = np.log(0.02 * (1 + slower)) + habit + shared[case, n]
                row: dict[str, Any] = {
                    "environment": name,
                    "family": f"f{case // SIZES}",
                    "size": f"s{case % SIZES}",
                    "format": "h5",
                }
                row |= {
                    "api": "load_model",
                    "cache": "warm",
                    "round": n + 1,
                    "samples": 3,
                    "spent_s": 0.1,
                }
                slow = chance.normal(0, pace) if pace else 0.0
                row |= {"seconds": float(np.exp(log + 1.5 * slow + chance.normal(0, noise)))}
                row |= {"mean_s": row["seconds"], "ratio": row["seconds"] / 0.002}
                row |= {
                    "floor_s": 0.002,
                    "pace_s": 0.002 * np.exp(slow + leant),
                    "turn_pace_s": 0.002 * np.exp(slow + leant),
                    "first_s": None,
                    "build_s": 0.1,
                }
                rows.append(row | {"peak_bytes": 100.0, "floor_peak_bytes": 40.0})
    return pd.DataFrame(rows)


@pytest.mark.parametrize("rounds", [6, 10, 20])
def test_the_interval_of_the_median_covers_it_as_often_as_it_says(rounds: int) -> None:
    chance = np.random.default_rng(rounds)
    samples = {n: chance.lognormal(0, 0.2, rounds) for n in range(1500)}
    intervals = estimates.bootstrap(samples, seed=1)
    covered = np.mean([low <= 1.0 <= high for low, high in intervals.values()])
    assert 0.93 <= covered <= 0.995


def test_one_round_has_no_interval() -> None:
    low, high = estimates.bootstrap({"a": np.array([1.0])}, seed=1)["a"]
    assert np.isnan(low)
    assert np.isnan(high)


def test_intervals_are_the_same_each_time() -> None:
    samples = {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([2.0, 2.5, 9.0])}
    assert estimates.bootstrap(samples, 7) == estimates.bootstrap(samples, 7)


@given(
    noise=st.floats(0.001, 0.3),
    rounds=st.integers(2, 40),
    between=st.floats(0.0, 0.02),
    change=st.floats(0.05, 0.5),
    prior=st.floats(0.0, 100.0),
)
def test_the_rounds_that_a_row_needs_make_it_stable_and_no_fewer_do(
    noise: float, rounds: int, between: float, change: float, prior: float
) -> None:
    df = prior + rounds - 1
    error = noise * np.sqrt(2 / rounds)
    needed = estimates.rounds_needed(error, df, rounds, between, change)
    if estimates.detectable(error, df, between) <= change or needed < 0:
        return

    def with_further(n: int) -> float:
        return estimates.detectable(noise * np.sqrt(2 / (rounds + n)), df + n, between)

    assert with_further(needed) <= change
    assert needed == 1 or with_further(needed - 1) > change


def test_no_number_of_rounds_helps_where_processes_differ_too_much() -> None:
    assert estimates.rounds_needed(0.01, 5.0, 6, between=0.2, change=0.1) == -1
    assert estimates.rounds_needed(0.01, 0.0, 1, between=0.0, change=0.1) == 1


def environment(variant_of: str | None = None) -> Environment:
    return Environment(python="3.8", requirements=["x"], cutoff="2020-01-01", variant_of=variant_of)


def judged(found: pd.DataFrame, controls: dict[str, Control] | None = None) -> Judged:
    """Judge turns; every name that is no control is a release of its own."""
    asked = Timings.model_construct(change=0.10, controls=controls or {})
    names = set(found["environment"]) - set(asked.controls)
    asked.environment = {name: environment() for name in names}
    return judging.judge(found, asked)


def test_what_environments_share_in_a_round_is_no_noise_of_theirs() -> None:
    rows = judged(turns(1, {"tf-2.1": 0.0, "tf-2.2": 0.0}, drift=0.3, noise=0.04)).rows
    assert rows["noise"].median() == pytest.approx(0.04, rel=0.15)
    assert rows["stable"].mean() > 0.9
    alone = judged(turns(1, {"tf-2.1": 0.0}, drift=0.3)).rows
    assert alone["noise"].median() > 0.1  # with one it cannot be told whose it is
    assert not alone["stable"].any()


@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_noise_is_drawn_towards_that_of_the_kind_as_far_as_rows_are_alike(spread: float) -> None:
    chance = np.random.default_rng(2)
    true = 0.03 * np.exp(chance.normal(0, spread, 4000))
    variance = np.array([one**2 * chance.chisquare(5) / 5 for one in true])
    table = pd.DataFrame({"variance": variance, "df": 5.0}).assign(
        size="small", format="h5", api="load_model", cache="warm"
    )
    found = moderation.moderated(table, ["size", "format", "api", "cache"])
    error = {
        name: np.mean(np.log(one["variance"] / true**2) ** 2)
        for name, one in (("own", table), ("moderated", found))
    }
    assert error["moderated"] < 0.7 * error["own"]
    if spread:
        # Variances are spread by a factor e: trigamma(1.43) = 1, so 2.9 degrees and their own five.
        assert 5 < found["df"].median() < 9
    else:
        assert found["df"].median() > 50
        assert found["variance"].std() < 0.1 * table["variance"].std()


@pytest.mark.parametrize("lean", [0.0, 0.05])
def test_what_the_pace_of_the_machine_does_is_taken_out_and_moves_nothing_else(lean: float) -> None:
    names = {"tf-2.1": 0.0, "tf-2.2": 0.2}
    rounds = differences.paired(
        *linked(turns(8, names, noise=0.02, pace=0.2, cases=300, lean=lean))
    )
    assert differences.pace_shares(rounds).sum() == pytest.approx(1.5, rel=0.02)
    steady = differences.steadied(rounds)
    single = estimates.singly(steady)
    assert np.sqrt(single["variance"]).median() == pytest.approx(0.02 * np.sqrt(2), rel=0.1)
    # What the pace was in the mean of all rounds is not known, so that much is left unsure.
    unsure = float(np.sqrt(steady["shared"].iloc[0]))
    assert unsure == pytest.approx(1.5 * 0.2 * np.sqrt(2 / 1800), rel=0.1)
    assert single["difference"].mean() == pytest.approx(np.log(1.2), abs=3 * unsure)
    still = differences.paired(*linked(turns(8, names)))
    assert (differences.pace_shares(still) == 0).all()
    assert (differences.steadied(still)["shared"] == 0).all()


def test_the_pace_of_a_turn_tells_what_that_of_a_moment_does_not() -> None:
    found = turns(10, {"tf-2.1": 0.0, "tf-2.2": 0.0}, noise=0.02, pace=0.2, cases=300)
    found["pace_s"] *= np.exp(np.random.default_rng(10).normal(0, 0.2, len(found)))
    rounds = differences.paired(*linked(found))
    assert differences.pace_shares(rounds) == pytest.approx([0.0, 1.5], abs=0.03)
    single = estimates.singly(differences.steadied(rounds))
    assert np.sqrt(single["variance"]).median() == pytest.approx(0.02 * np.sqrt(2), rel=0.1)


def disturbed(seed: int, names: int, share: float = 0.5, by: float = 0.2) -> pd.DataFrame:
    """Return turns of which a share, those of a model in a round, are noisy in all environments."""
    found = turns(seed, {f"tf-2.{n}": 0.0 for n in range(1, 1 + names)}, rounds=8, noise=0.02)
    chance = np.random.default_rng(seed)
    for _, block in found.groupby(["family", "size", "round"]):
        if chance.random() < share:
            found.loc[block.index, "mean_s"] *= np.exp(chance.normal(0, by, len(block)))
    return found


def test_disturbed_rounds_say_less_and_raise_no_alarms() -> None:
    rounds = differences.paired(*linked(disturbed(11, names=12)))
    weighed = differences.weighed(rounds)
    errors = [float(estimates.pooled(one)["error"].median()) for one in (rounds, weighed)]
    assert errors[1] < 0.6 * errors[0]
    found = estimates.singly(weighed)
    spread = float(found["difference"].std())
    assert float(found["error"].median()) == pytest.approx(spread, rel=0.25)
    assert 0.02 < (estimates.p_values(found, 0.0) < 0.05).mean() < 0.08
    calm = differences.paired(*linked(disturbed(11, names=12, share=0.0)))
    errors = [
        float(estimates.pooled(one)["error"].median()) for one in (calm, differences.weighed(calm))
    ]
    assert errors[1] == pytest.approx(errors[0], rel=0.05)


def test_no_comparison_tells_of_its_own_rounds() -> None:
    """Else the rounds that happen to be near its mean would have the most weight."""
    found = disturbed(12, names=8)
    turn = (found["family"] == "f0") & (found["size"] == "s0") & (found["round"] == 3)
    moved = found.assign(
        mean_s=found["mean_s"] * np.where(turn & (found["environment"] == "tf-2.8"), 3.0, 1.0)
    )
    before, after = (
        differences.weighed(differences.paired(*linked(one))) for one in (found, moved)
    )
    here = (before["family"] == "f0") & (before["size"] == "s0") & (before["round"] == 3)
    ratios = (after["variance"] / before["variance"])[here]
    own = before.loc[here, "after"] == "tf-2.8"
    assert (ratios[~own] > 1.3).all()
    assert ratios[own].to_numpy() == pytest.approx(1.0, abs=0.1)


def test_a_few_environments_tell_nothing_of_a_round() -> None:
    found = differences.weighed(differences.paired(*linked(disturbed(13, names=4))))
    assert found["variance"].nunique() == 3  # those of the sizes


def test_few_rows_of_a_kind_say_nothing_of_one_another() -> None:
    rounds = differences.paired(*linked(turns(1, {"tf-2.1": 0.0, "tf-2.2": 0.0}, cases=5)))
    own = rounds.groupby(["family", "size"])["difference"].var()
    found = estimates.singly(rounds).set_index(["family", "size"])
    assert found["variance"].to_dict() == pytest.approx(own.to_dict())


def test_what_sizes_share_in_a_round_is_no_less_for_being_shared() -> None:
    """The mean over sizes that are slow together is as unsure as each of them."""
    found = turns(4, {"tf-2.1": 0.0, "tf-2.2": 0.0}, noise=0.001)
    pace = np.random.default_rng(4)
    for _, rows in found.groupby(["environment", "family", "round"]):
        found.loc[rows.index, "mean_s"] *= np.exp(pace.normal(0, 0.05))
    rounds = differences.paired(*linked(found))
    errors = {
        name: float(one["error"].median())
        for name, one in (("one", estimates.singly(rounds)), ("all", estimates.pooled(rounds)))
    }
    assert errors["all"] == pytest.approx(errors["one"], rel=0.3)
    assert (estimates.p_values(estimates.pooled(rounds), 0.0) < 0.05).mean() < 0.2


def linked(found: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = {name: environment() for name in found["environment"]}
    return found, neighbours.links(found, names, {})


@pytest.mark.parametrize("pace", [{}, {"pace": 0.02}, {"pace": 0.02, "lean": 0.05}])
def test_the_same_environment_twice_raises_false_alarms_as_often_as_it_may(
    pace: dict[str, Any],
) -> None:
    """Also where the work that tells of the pace takes longer in one process than in the other."""
    alarms = []
    for seed in range(16):
        found = turns(seed, {"tf-2.1": 0.0, "tf-2.2": 0.0}, **pace)
        rounds = differences.steadied(differences.paired(*linked(found)))
        for one in (estimates.singly(rounds), estimates.pooled(rounds)):
            alarms.append(np.mean(estimates.p_values(one, 0.0) < 0.05))
    for which in range(2):
        assert 0.015 < np.mean(alarms[which::2]) < 0.085, which


def test_processes_that_differ_for_good_are_allowed_for() -> None:
    """Else they would be taken for changes; each control is judged by the other."""
    found = turns(3, dict.fromkeys(["a", "a2", "b", "b2"], 0.0), own=0.03, noise=0.01)
    controls = {"a2": Control(environment="a"), "b2": Control(environment="b")}
    compared = judged(found, controls).controls
    assert control.between(compared) == pytest.approx(0.03 * np.sqrt(2), rel=0.25)
    assert (compared["p_uncorrected"] < 0.05).mean() > 0.4
    assert (compared["p"] < 0.05).mean() < 0.08


def test_what_chance_has_processes_differ_by_is_not_taken_for_a_habit_of_theirs() -> None:
    controls = {"a2": Control(environment="a"), "b2": Control(environment="b")}
    names = dict.fromkeys(["a", "a2", "b", "b2"], 0.0)
    found = [judged(turns(seed, names, cases=36), controls).between for seed in range(40)]
    assert np.mean(np.array(found) > 0) < 0.15


def test_differences_of_few_rounds_are_large_by_chance_and_not_by_habit() -> None:
    """Their errors are of few degrees of freedom, and Student's t is wider than they are."""
    chance = np.random.default_rng(14)
    families = [f"f{n}" for n in range(40)]

    def compared() -> pd.DataFrame:
        table = pd.DataFrame({"family": families, "control": "a2", "api": "load_model"})
        return table.assign(
            slower=0.0, error=0.02, df=5.0, difference=0.02 * chance.standard_t(5, len(families))
        )

    assert np.mean([control.between(compared()) > 0 for _ in range(400)]) < 0.08


@pytest.mark.parametrize(("slower", "least", "most"), [(0.10, 0.95, 1.0), (0.0, 0.0, 0.08)])
def test_a_slowdown_is_found_in_stable_rows(slower: float, least: float, most: float) -> None:
    names = {"a": 0.0, "a2": slower, "b": 0.0, "b2": 0.0, "c": 0.0}
    found = turns(5, names, noise=0.05, own=0.005, cases=600)
    controls = {
        "a2": Control(environment="a", slower=slower),
        "b2": Control(environment="b"),
    }
    all_ = judged(found, controls)
    one = next(each for each in all_.controls_said() if each.control == "a2")
    if slower:
        assert one.tried >= 100
        assert least <= one.found / one.tried <= most
    else:
        assert one.alarms / one.comparisons <= most
        assert one.row_alarms / one.rows <= most


RELEASES = {
    "tf-2.1": environment(),
    "tf-2.2": environment(),
    "tf-2.10": environment(),
    "tf-2.2-other": environment("tf-2.2"),
}


@pytest.mark.parametrize(
    ("lacking", "pairs"),
    [
        ("", [("tf-2.1", "tf-2.2"), ("tf-2.2", "tf-2.2-other"), ("tf-2.2", "tf-2.10")]),
        ("tf-2.1", [("tf-2.2", "tf-2.2-other"), ("tf-2.2", "tf-2.10")]),
        ("tf-2.2", [("tf-2.1", "tf-2.2-other"), ("tf-2.1", "tf-2.10")]),
    ],
)
def test_each_is_compared_with_what_it_follows(lacking: str, pairs: list[tuple[str, str]]) -> None:
    names = set(RELEASES) - {lacking}
    assert sorted(neighbours.pairs(names, RELEASES, {})) == sorted(pairs)


def test_a_control_is_compared_with_what_is_behind_it_and_with_nothing_else() -> None:
    controls = {"again": Control(environment="tf-2.1"), "other": Control(environment="tf-2.2")}
    found = list(neighbours.pairs({"tf-2.1", "tf-2.10", *controls}, RELEASES, controls))
    assert found == [("tf-2.1", "tf-2.10"), ("tf-2.1", "again")]


def test_a_change_is_found_in_the_release_that_made_it() -> None:
    found = turns(6, {"tf-2.1": 0.0, "tf-2.2": 0.0, "tf-2.10": 0.25, "tf-2.2-other": 0.25})
    rounds = differences.paired(found, neighbours.links(found, RELEASES, {}))
    compared = estimates.pooled(rounds)
    rows = estimates.rows(found, estimates.singly(rounds), compared, 0.0, 0.1)
    rows = rows.assign(file_bytes=100)
    rows.loc[rows["environment"] == "tf-2.10", "file_bytes"] = 150
    # A model that only one of two releases has is no difference between their files.
    huge = rows[(rows["environment"] == "tf-2.2") & (rows["size"] == "s0")]
    rows = pd.concat([rows, huge.assign(size="huge", file_bytes=4e8)])
    versions = {name: {"h5py": "2.10", "keras": "2.3"} for name in RELEASES}
    versions["tf-2.10"] = {"h5py": "3.1", "keras": "2.3"}
    table = changes.changes(compared, rows, 0.0, versions)
    shares = table.groupby(["before", "after"])["changed"].mean()
    assert shares["tf-2.1", "tf-2.2"] < 0.05
    assert shares["tf-2.2", "tf-2.10"] > 0.99
    assert shares["tf-2.2", "tf-2.2-other"] > 0.99
    ratios = table[table["after"] == "tf-2.10"]
    assert ratios["ratio"].median() == pytest.approx(1.25, rel=0.02)
    assert (ratios["low"] < ratios["ratio"]).all()
    assert set(ratios["reason"]) == {"files 300 to 450 bytes; h5py 2.10 to 3.1"}


def test_rounds_that_only_one_of_two_took_do_not_count() -> None:
    found = turns(7, {"tf-2.1": 0.0, "tf-2.2": 0.0})
    short = found[(found["environment"] == "tf-2.1") | (found["round"] > 4)]
    assert set(estimates.pooled(differences.paired(*linked(short)))["rounds"]) == {2}
    shorter = found[(found["environment"] == "tf-2.1") | (found["round"] > 5)]
    assert estimates.singly(differences.paired(*linked(shorter))).empty


def rows_needing(needed: dict[str, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make up families of two sizes and two rounds, as many seconds a round as are letters."""
    known = {"format": "h5", "api": "load_model", "cache": "warm"}
    each = pd.DataFrame({"family": list(needed), **known, "rounds_needed": list(needed.values())})
    rows = pd.concat(each.assign(size=size) for size in ("small", "large"))
    cost = rows["family"].str.len() * rows["size"].map({"small": 0.25, "large": 0.75})
    found = pd.concat(rows.assign(round=n, spent_s=cost) for n in (1, 2))
    return found, rows


@pytest.mark.parametrize(
    ("left_s", "families"),
    [
        (100.0, {"a", "bb", "cccc"}),
        (21.0, {"a", "bb"}),  # 2 + 2·3 rounds, and 4·5 are too dear
        (7.0, {"a"}),
        (0.5, {"a", "bb", "cccc", "never"}),
    ],
)
def test_the_cheapest_families_get_further_rounds_first_or_all_share_what_is_left(
    left_s: float, families: set[str]
) -> None:
    found, rows = rows_needing({"a": 2, "bb": 3, "cccc": 5, "stable": 0, "never": -1})
    spent_s = found["spent_s"].sum()
    wanted = allotment.further(found, rows, spent_s, left_s)
    assert {subject[0] for subject in wanted} == families
    known = ("h5", "load_model", "warm")
    assert wanted == {(name, size, *known) for name in families for size in ("small", "large")}


def test_nothing_gets_further_rounds_where_all_is_stable() -> None:
    found, rows = rows_needing({"a": 0, "b": 0})
    assert allotment.further(found, rows, 1.0, 100.0) == frozenset()


def test_the_exponent_is_that_of_the_growth() -> None:
    rows = pd.DataFrame(
        {
            "environment": "a",
            "format": "h5",
            "api": "load_model",
            "cache": "warm",
            "family": family,
            "parameters": parameters,
            "layers": 2,
            "file_bytes": 4 * parameters,
            "median_s": scale * parameters**0.5 * (1 + 0.01 * number),
            "peak_over_floor_bytes": 8.0 * parameters,
        }
        for family, scale in (("f", 1.0), ("g", 2.0), ("h", 5.0))
        for number, parameters in enumerate((1000, 30000, 900000))
    )
    found = scaling.exponents(rows).set_index(["measure", "against"])
    time = {key: float(found[key]["median_s", "parameters"]) for key in ("exponent", "low", "high")}
    assert time["exponent"] == pytest.approx(0.5, abs=0.01)
    assert time["low"] <= time["exponent"] <= time["high"]
    memory = float(found["exponent"]["peak_over_floor_bytes", "file_bytes"])
    assert memory == pytest.approx(1.0)
    assert ("median_s", "layers") not in found.index  # they do not grow


def test_a_subject_is_all_but_the_environment() -> None:
    assert ["environment", *SUBJECT] == KEY
