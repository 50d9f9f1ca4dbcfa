"""Check the estimates of times and changes by samples with known true values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.timings.statistics import (
    allotment,
    changes,
    differences,
    estimates,
    judging,
    moderation,
    neighbours,
    scaling,
)
from experiments.timings.statistics.judging import Judged
from experiments.timings.statistics.neighbours import Relations

CASES, SIZES = 60, 3


def turns(
    seed: int,
    slower: dict[str, float],
    rounds: int = 6,
    noise: float = 0.02,
    drift: float = 0.1,
    habit: float = 0.0,
    cases: int = CASES,
    pace: float = 0.0,
    lean: float = 0.0,
) -> pd.DataFrame:
    """Make up turns: `slower` maps an environment to the part by which its loads take longer.

    `drift` is shared by all environments of a round, `habit` by all rounds of a process. `pace` is
    the effect of the machine on the fixed work around a call; a call slows down by half as much
    again. `lean` lengthens the fixed work alone, in all rounds of a process.
    """
    chance = np.random.default_rng(seed)
    shared = {(case, n): chance.normal(0, drift) for case in range(cases) for n in range(rounds)}
    rows = []
    for name, planted in slower.items():
        process, leant = 0.0, chance.normal(0, lean) if lean else 0.0
        for case in range(cases):
            # The sizes of a kind of model share the habit of their process.
            process = chance.normal(0, habit) if case % SIZES == 0 else process
            for n in range(rounds):
                log = np.log(0.02 * (1 + planted)) + process + shared[case, n]
                slow = chance.normal(0, pace) if pace else 0.0
                seconds = float(np.exp(log + 1.5 * slow + chance.normal(0, noise)))
                work = 0.002 * np.exp(slow + leant)
                row: dict[str, Any] = {
                    "environment": name,
                    "family": f"f{case // SIZES}",
                    "size": f"s{case % SIZES}",
                    "format": "h5",
                    "api": "load_model",
                    "cache": "warm",
                    "round": n + 1,
                    "seconds": seconds,
                    "mean_s": seconds,
                    "pace_s": work,
                    "turn_pace_s": work,
                }
                rows.append(row)
    return pd.DataFrame(rows)


@pytest.mark.whole
@pytest.mark.parametrize("rounds", [6, 10, 20])
def test_the_interval_covers_the_median_as_often_as_its_level_promises(rounds: int) -> None:
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
    change=st.floats(0.05, 0.5),
    prior=st.floats(0.0, 100.0),
)
def test_the_rounds_needed_are_the_fewest_that_make_a_row_stable(
    noise: float, rounds: int, change: float, prior: float
) -> None:
    df = prior + rounds - 1
    error = noise * np.sqrt(2 / rounds)
    needed = estimates.rounds_needed(error, df, rounds, change)
    if estimates.detectable(error, df) <= change or needed < 0:
        return

    def with_further(n: int) -> float:
        return float(estimates.detectable(noise * np.sqrt(2 / (rounds + n)), df + n))

    assert with_further(needed) <= change
    assert needed == 1 or with_further(needed - 1) > change


def judged(sample: pd.DataFrame, controls: dict[str, str] | None = None, **slower: float) -> Judged:
    """Judge turns; names other than controls are releases, and `slower` are planted slowdowns."""
    controls = controls or {}
    names = sorted(set(sample["environment"]) - set(controls))
    relations = Relations(dict.fromkeys(names), controls, dict.fromkeys(controls, 0.0) | slower)
    return judging.judge(sample, relations, change=0.10)


def test_a_row_of_one_round_needs_a_second_round() -> None:
    assert estimates.rounds_needed(0.01, 0.0, 1, change=0.1) == 1


def test_a_drift_that_all_environments_share_adds_no_noise() -> None:
    rows = judged(turns(1, {"tf-2.1": 0.0, "tf-2.2": 0.0}, drift=0.3, noise=0.04)).quality
    assert rows["noise"].median() == pytest.approx(0.04, rel=0.15)
    assert rows["stable"].mean() > 0.9
    alone = judged(turns(1, {"tf-2.1": 0.0}, drift=0.3)).quality
    assert alone["noise"].median() > 0.1  # a single environment cannot separate drift from noise
    assert not alone["stable"].any()


@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_variances_are_drawn_towards_their_group_by_the_similarity_of_its_rows(
    spread: float,
) -> None:
    chance = np.random.default_rng(2)
    true = 0.03 * np.exp(chance.normal(0, spread, 4000))
    variance = np.array([sigma**2 * chance.chisquare(5) / 5 for sigma in true])
    table = pd.DataFrame({"variance": variance, "df": 5.0}).assign(
        size="small", format="h5", api="load_model", cache="warm"
    )
    moderated = moderation.moderated(table, ["size", "format", "api", "cache"])
    error = {
        name: np.mean(np.log(rows["variance"] / true**2) ** 2)
        for name, rows in (("own", table), ("moderated", moderated))
    }
    assert error["moderated"] < 0.7 * error["own"]
    if spread:
        # Variances are spread by a factor e: trigamma(1.43) = 1, so 2.9 degrees and their own five.
        assert 5 < moderated["df"].median() < 9
    else:
        assert moderated["df"].median() > 50
        assert moderated["variance"].std() < 0.1 * table["variance"].std()


@pytest.mark.parametrize("lean", [0.0, 0.05])
def test_removing_the_effect_of_the_pace_biases_no_difference(lean: float) -> None:
    names = {"tf-2.1": 0.0, "tf-2.2": 0.2}
    rounds = differences.paired(
        *linked(turns(8, names, noise=0.02, pace=0.2, cases=300, lean=lean))
    )
    assert differences.pace_shares(rounds).sum() == pytest.approx(1.5, rel=0.02)
    steady = differences.steadied(rounds)
    single = estimates.singly(steady)
    assert np.sqrt(single["variance"]).median() == pytest.approx(0.02 * np.sqrt(2), rel=0.1)
    # The mean pace of all rounds is an estimate, whose error stays in every difference.
    unsure = float(np.sqrt(steady["shared"].iloc[0]))
    assert unsure == pytest.approx(1.5 * 0.2 * np.sqrt(2 / 1800), rel=0.1)
    assert single["difference"].mean() == pytest.approx(np.log(1.2), abs=3 * unsure)
    still = differences.paired(*linked(turns(8, names)))
    assert (differences.pace_shares(still) == 0).all()
    assert (differences.steadied(still)["shared"] == 0).all()


def test_the_pace_of_the_turn_helps_if_the_pace_of_each_call_is_noise() -> None:
    sample = turns(10, {"tf-2.1": 0.0, "tf-2.2": 0.0}, noise=0.02, pace=0.2, cases=300)
    sample["pace_s"] *= np.exp(np.random.default_rng(10).normal(0, 0.2, len(sample)))
    rounds = differences.paired(*linked(sample))
    assert differences.pace_shares(rounds) == pytest.approx([0.0, 1.5], abs=0.03)
    single = estimates.singly(differences.steadied(rounds))
    assert np.sqrt(single["variance"]).median() == pytest.approx(0.02 * np.sqrt(2), rel=0.1)


def test_the_variances_of_a_small_group_are_not_changed() -> None:
    rounds = differences.paired(*linked(turns(1, {"tf-2.1": 0.0, "tf-2.2": 0.0}, cases=5)))
    own = rounds.groupby(["family", "size"])["difference"].var()
    single = estimates.singly(rounds).set_index(["family", "size"])
    assert single["variance"].to_dict() == pytest.approx(own.to_dict())


def test_a_disturbance_that_sizes_share_is_not_averaged_away() -> None:
    """The mean over sizes that are slow together is as unsure as each of them."""
    sample = turns(4, {"tf-2.1": 0.0, "tf-2.2": 0.0}, noise=0.001)
    pace = np.random.default_rng(4)
    for _, rows in sample.groupby(["environment", "family", "round"]):
        sample.loc[rows.index, "mean_s"] *= np.exp(pace.normal(0, 0.05))
    rounds = differences.paired(*linked(sample))
    single, pooled = (
        float(compared["error"].median())
        for compared in (estimates.singly(rounds), estimates.pooled(rounds))
    )
    assert pooled == pytest.approx(single, rel=0.3)
    assert (estimates.p_values(estimates.pooled(rounds)) < 0.05).mean() < 0.2


def linked(sample: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return turns, and the comparisons of their environments, each of which is a release."""
    return sample, neighbours.links(sample, Relations(dict.fromkeys(sample["environment"]), {}, {}))


@pytest.mark.whole
@pytest.mark.parametrize("pace", [{}, {"pace": 0.02}, {"pace": 0.02, "lean": 0.05}])
def test_an_environment_and_its_control_differ_in_about_five_per_cent(
    pace: dict[str, Any],
) -> None:
    """Also if the fixed work takes longer in one of the two processes."""
    alarms = []
    for seed in range(16):
        sample = turns(seed, {"tf-2.1": 0.0, "tf-2.2": 0.0}, **pace)
        rounds = differences.steadied(differences.paired(*linked(sample)))
        for compared in (estimates.singly(rounds), estimates.pooled(rounds)):
            alarms.append(np.mean(estimates.p_values(compared) < 0.05))
    for kind in range(2):
        assert 0.015 < np.mean(alarms[kind::2]) < 0.085, kind


@pytest.mark.parametrize(("slower", "least", "most"), [(0.10, 0.95, 1.0), (0.0, 0.0, 0.08)])
def test_a_slowdown_is_found_in_stable_rows(slower: float, least: float, most: float) -> None:
    names = {"a": 0.0, "a2": slower, "b": 0.0, "b2": 0.0, "c": 0.0}
    sample = turns(5, names, noise=0.05, habit=0.005, cases=600)
    summaries = judged(sample, {"a2": "a", "b2": "b"}, a2=slower).summaries()
    control = next(summary for summary in summaries if summary.control == "a2")
    if slower:
        assert control.tried >= 100
        assert least <= control.found / control.tried <= most
    else:
        assert control.alarms / control.comparisons <= most
        assert control.row_alarms / control.rows <= most


RELEASES = {"tf-2.1": None, "tf-2.2": None, "tf-2.10": None, "tf-2.2-variant": "tf-2.2"}


@pytest.mark.parametrize(
    ("missing", "pairs"),
    [
        ("", [("tf-2.1", "tf-2.2"), ("tf-2.2", "tf-2.2-variant"), ("tf-2.2", "tf-2.10")]),
        ("tf-2.1", [("tf-2.2", "tf-2.2-variant"), ("tf-2.2", "tf-2.10")]),
        ("tf-2.2", [("tf-2.1", "tf-2.2-variant"), ("tf-2.1", "tf-2.10")]),
    ],
)
def test_an_environment_is_compared_with_the_release_before_it(
    missing: str, pairs: list[tuple[str, str]]
) -> None:
    names = set(RELEASES) - {missing}
    assert sorted(neighbours.pairs(names, Relations(RELEASES, {}, {}))) == sorted(pairs)


def test_a_control_is_compared_only_with_its_environment() -> None:
    controls = {"tf-2.1-again": "tf-2.1", "tf-2.2-again": "tf-2.2"}
    relations = Relations(RELEASES, controls, dict.fromkeys(controls, 0.0))
    pairs = list(neighbours.pairs({"tf-2.1", "tf-2.10", *controls}, relations))
    assert pairs == [("tf-2.1", "tf-2.10"), ("tf-2.1", "tf-2.1-again")]


def test_a_change_is_found_in_the_release_that_made_it() -> None:
    sample = turns(6, {"tf-2.1": 0.0, "tf-2.2": 0.0, "tf-2.10": 0.25, "tf-2.2-variant": 0.25})
    judged = judging.judge(sample, Relations(RELEASES, {}, {}), change=0.1)
    rows = judged.quality.assign(file_bytes=100)
    rows.loc[rows["environment"] == "tf-2.10", "file_bytes"] = 150
    # A model that only one of two releases has adds no difference between their files.
    huge = rows[(rows["environment"] == "tf-2.2") & (rows["size"] == "s0")]
    rows = pd.concat([rows, huge.assign(size="huge", file_bytes=4e8)])
    versions = {name: {"h5py": "2.10", "keras": "2.3"} for name in RELEASES}
    versions["tf-2.10"] = {"h5py": "3.1", "keras": "2.3"}
    table = changes.changes(judged.releases)
    table["reason"] = list(changes.reasons(table, rows, versions))
    shares = table.groupby(["before", "after"])["changed"].mean()
    assert shares["tf-2.1", "tf-2.2"] < 0.05
    assert shares["tf-2.2", "tf-2.10"] > 0.99
    assert shares["tf-2.2", "tf-2.2-variant"] > 0.99
    ratios = table[table["after"] == "tf-2.10"]
    assert ratios["ratio"].median() == pytest.approx(1.25, rel=0.02)
    assert (ratios["low"] < ratios["ratio"]).all()
    assert set(ratios["reason"]) == {"files 300 to 450 bytes; h5py 2.10 to 3.1"}


def test_only_rounds_of_both_environments_count() -> None:
    sample = turns(7, {"tf-2.1": 0.0, "tf-2.2": 0.0})
    short = sample[(sample["environment"] == "tf-2.1") | (sample["round"] > 4)]
    assert set(estimates.pooled(differences.paired(*linked(short)))["rounds"]) == {2}
    shorter = sample[(sample["environment"] == "tf-2.1") | (sample["round"] > 5)]
    assert estimates.singly(differences.paired(*linked(shorter))).empty


def rows_needing(needed: dict[str, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make up kinds of models of two sizes and two rounds.

    A round costs a second for each letter of the kind's name.
    """
    load = {"format": "h5", "api": "load_model", "cache": "warm"}
    kinds = pd.DataFrame({"family": list(needed), **load, "rounds_needed": list(needed.values())})
    rows = pd.concat(kinds.assign(size=size) for size in ("small", "large"))
    cost = rows["family"].str.len() * rows["size"].map({"small": 0.25, "large": 0.75})
    sample = pd.concat(rows.assign(round=n, spent_s=cost) for n in (1, 2))
    return sample, rows


@pytest.mark.parametrize(
    ("remaining_s", "kinds"),
    [
        (100.0, {"a", "bb", "cccc"}),
        (21.0, {"a", "bb"}),  # 2 + 2·3 rounds, and 4·5 are too dear
        (7.0, {"a"}),
        (0.5, {"a", "bb", "cccc", "never"}),
    ],
)
def test_the_cheapest_kinds_get_further_rounds_first_unless_none_fits_the_budget(
    remaining_s: float, kinds: set[str]
) -> None:
    sample, rows = rows_needing({"a": 2, "bb": 3, "cccc": 5, "stable": 0, "never": -1})
    spent_s = sample["spent_s"].sum()
    subjects = allotment.further(sample, rows, spent_s, remaining_s)
    load = ("h5", "load_model", "warm")
    assert subjects == {(name, size, *load) for name in kinds for size in ("small", "large")}


def test_stable_rows_get_no_further_rounds() -> None:
    sample, rows = rows_needing({"a": 0, "b": 0})
    assert allotment.further(sample, rows, 1.0, 100.0) == frozenset()


def test_the_exponent_of_a_known_growth_is_estimated() -> None:
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
    fits = scaling.exponents(rows).set_index(["measure", "against"])
    time = {key: float(fits[key]["median_s", "parameters"]) for key in ("exponent", "low", "high")}
    assert time["exponent"] == pytest.approx(0.5, abs=0.01)
    assert time["low"] <= time["exponent"] <= time["high"]
    memory = float(fits["exponent"]["peak_over_floor_bytes", "file_bytes"])
    assert memory == pytest.approx(1.0)
    assert ("median_s", "layers") not in fits.index  # they do not grow
