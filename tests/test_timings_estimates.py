"""Are intervals as sure as they say, and is what was planted found? By samples of known truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.config import Environment
from experiments.timings import changes, control, estimates, scaling
from experiments.timings.config import Control
from experiments.timings.samples import KEY, SUBJECT

CASES = 60


def turns(
    seed: int,
    names: dict[str, float],
    rounds: int = 6,
    noise: float = 0.02,
    drift: float = 0.1,
    own: float = 0.0,
    cases: int = CASES,
) -> pd.DataFrame:
    """Make turns up: `names` maps an environment to how much slower than the others it is.

    `drift` is what all environments of a round share, `own` what each process adds for good.
    """
    chance = np.random.default_rng(seed)
    shared = {(case, n): chance.normal(0, drift) for case in range(cases) for n in range(rounds)}
    rows = []
    for name, slower in names.items():
        for case in range(cases):
            habit = chance.normal(0, own)
            for n in range(rounds):
                log = np.log(0.02 * (1 + slower)) + habit + shared[case, n]
                row: dict[str, Any] = {
                    "environment": name,
                    "family": f"f{case}",
                    "size": "small",
                    "format": "h5",
                }
                row |= {"api": "load_model", "cache": "warm", "round": n + 1, "samples": 3}
                row |= {"seconds": float(np.exp(log + chance.normal(0, noise)))}
                row |= {"floor_s": 0.002, "first_s": None, "build_s": 0.1}
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
)
def test_the_rounds_that_a_row_needs_make_it_stable_and_no_fewer_do(
    noise: float, rounds: int, between: float, change: float
) -> None:
    needed = estimates.rounds_needed(noise, rounds, between, change)
    if estimates.detectable(noise, rounds, between) <= change or needed < 0:
        return
    assert estimates.detectable(noise, rounds + needed, between) <= change
    assert needed == 1 or estimates.detectable(noise, rounds + needed - 1, between) > change


def test_no_number_of_rounds_helps_where_processes_differ_too_much() -> None:
    assert estimates.rounds_needed(0.01, 6, between=0.2, change=0.1) == -1
    assert estimates.rounds_needed(0.01, 1, between=0.0, change=0.1) == 1


def test_what_all_environments_share_in_a_round_is_no_noise_of_theirs() -> None:
    rows = estimates.rows(turns(1, dict.fromkeys("abcdef", 0.0), drift=0.3), 0.0, 0.1, 1)
    assert rows["noise"].median() == pytest.approx(0.02, rel=0.25)
    assert rows["stable"].mean() > 0.9
    few = estimates.rows(turns(1, dict.fromkeys("ab", 0.0), drift=0.3), 0.0, 0.1, 1)
    assert few["noise"].median() > 0.1  # with two it cannot be told whose it is
    assert not few["stable"].any()


def test_the_same_environment_twice_raises_false_alarms_as_often_as_it_may() -> None:
    alarms = []
    for seed in range(8):
        found = estimates.paired(turns(seed, {"a": 0.0, "b": 0.0}), "a", "b")
        alarms.append(np.mean(estimates.p_values(found, 0.0) < 0.05))
    assert 0.02 < np.mean(alarms) < 0.08


def test_processes_that_differ_for_good_are_allowed_for() -> None:
    """Else they would be taken for changes; each control is judged by the other."""
    found = turns(3, dict.fromkeys(["a", "a2", "b", "b2"], 0.0), own=0.03, noise=0.01)
    controls = {"a2": Control(environment="a"), "b2": Control(environment="b")}
    compared = control.compare(found, controls)
    assert control.between(compared) == pytest.approx(0.03 * np.sqrt(2), rel=0.25)
    assert (compared["p_uncorrected"] < 0.05).mean() > 0.4
    assert (compared["p"] < 0.05).mean() < 0.08


@pytest.mark.parametrize(("slower", "least", "most"), [(0.10, 0.95, 1.0), (0.0, 0.0, 0.08)])
def test_a_slowdown_is_found_in_stable_rows(slower: float, least: float, most: float) -> None:
    names = {"a": 0.0, "a2": slower, "b": 0.0, "b2": 0.0, "c": 0.0}
    found = turns(5, names, noise=0.025, own=0.005, cases=200)
    controls = {
        "a2": Control(environment="a", slower=slower),
        "b2": Control(environment="b"),
    }
    compared = control.compare(found, controls)
    rows = estimates.rows(found, control.between(compared), 0.10, 1)
    one = next(each for each in control.summaries(compared, rows) if each.control == "a2")
    if slower:
        assert one.tried >= 100
        assert least <= one.found / one.tried <= most
    else:
        assert one.alarms / one.comparisons <= most


def test_a_change_is_found_in_the_release_that_made_it() -> None:
    found = turns(6, {"tf-2.1": 0.0, "tf-2.2": 0.0, "tf-2.10": 0.25, "tf-2.2-other": 0.25})
    environments = {
        name: Environment(python="3.8", requirements=["x"], cutoff="2020-01-01")
        for name in ("tf-2.1", "tf-2.2", "tf-2.10")
    }
    environments["tf-2.2-other"] = Environment(
        python="3.8", requirements=["x"], cutoff="2020-01-01", variant_of="tf-2.2"
    )
    pairs = list(changes.steps(environments, environments))
    assert pairs == [("tf-2.1", "tf-2.2"), ("tf-2.2", "tf-2.10"), ("tf-2.2", "tf-2.2-other")]
    rows = estimates.rows(found, 0.0, 0.1, 1).assign(file_bytes=100)
    rows.loc[rows["environment"] == "tf-2.10", "file_bytes"] = 150
    versions = {name: {"h5py": "2.10", "keras": "2.3"} for name in environments}
    versions["tf-2.10"] = {"h5py": "3.1", "keras": "2.3"}
    table = changes.changes(found, rows, pairs, 0.0, versions)
    shares = table.groupby(["before", "after"])["changed"].mean()
    assert shares["tf-2.1", "tf-2.2"] < 0.05
    assert shares["tf-2.2", "tf-2.10"] > 0.99
    assert shares["tf-2.2", "tf-2.2-other"] > 0.99
    ratios = table[table["after"] == "tf-2.10"]
    assert ratios["ratio"].median() == pytest.approx(1.25, rel=0.02)
    assert (ratios["low"] < ratios["ratio"]).all()
    assert set(ratios["reason"]) == {"file 100 to 150 bytes; h5py 2.10 to 3.1"}


def test_rounds_that_only_one_of_two_took_do_not_count() -> None:
    found = turns(7, {"a": 0.0, "b": 0.0})
    short = found[(found["environment"] == "a") | (found["round"] > 4)]
    assert set(estimates.paired(short, "a", "b")["rounds"]) == {2}
    shorter = found[(found["environment"] == "a") | (found["round"] > 5)]
    assert estimates.paired(shorter, "a", "b").empty


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
