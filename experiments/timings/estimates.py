"""What does the sample say of each row, and how sure is that?

Everything is reckoned on the logarithm of times, because noise and change are parts of a time.

A row's *noise* is the spread of its rounds about what all environments of the round share. What two
processes of one environment differ by, however often they are asked, no number of rounds takes
away; it is estimated from the controls and enters every comparison as `between`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from experiments.timings.samples import KEY, SUBJECT

Array = npt.NDArray[np.float64]

LEVEL = 0.95
RESAMPLES = 2000
ENOUGH = 4
"""Environments from which on what they share in a round is told apart from their own noise."""


def rows(turns: pd.DataFrame, between: float, change: float, seed: int) -> pd.DataFrame:
    """Return a row for each way to load or save in each environment: medians, intervals, `stable`.

    `between` is the standard deviation of the logarithm between two processes of one environment;
    `change` is the relative change that a stable row could show.
    """
    turns = turns.assign(ratio=turns["seconds"] / turns["floor_s"], noise=own_noise(turns))
    groups = turns.groupby(KEY, sort=True)
    found = groups.agg(
        rounds=("round", "nunique"),
        samples=("samples", "sum"),
        median_s=("seconds", "median"),
        floor_s=("floor_s", "median"),
        ratio_to_floor=("ratio", "median"),
        first_s=("first_s", "median"),
        build_s=("build_s", "median"),
        peak_rss_bytes=("peak_bytes", "median"),
        floor_peak_bytes=("floor_peak_bytes", "median"),
        noise=("noise", spread),
    )
    for column, low, high in (
        ("seconds", "ci_low_s", "ci_high_s"),
        ("ratio", "ratio_low", "ratio_high"),
    ):
        values = {key: group[column].to_numpy() for key, group in groups}
        intervals = bootstrap(values, seed)
        found[low] = [intervals[key][0] for key in found.index]
        found[high] = [intervals[key][1] for key in found.index]
    found["detectable"] = [
        detectable(noise, int(n), between)
        for noise, n in zip(found["noise"], found["rounds"], strict=True)
    ]
    found["stable"] = found["detectable"] <= change
    found["rounds_needed"] = [
        0 if stable else rounds_needed(noise, int(n), between, change)
        for stable, noise, n in zip(found["stable"], found["noise"], found["rounds"], strict=True)
    ]
    return found.reset_index()


def own_noise(turns: pd.DataFrame) -> pd.Series:
    """Return of each turn by how much its logarithm differs from what was to be expected.

    That is the row's own mean, and what the environments have in common in this round, the median
    over them; with few environments the latter cannot be told and counts as noise.
    """
    logs = np.log(turns["seconds"])
    apart = logs - logs.groupby([turns[key] for key in KEY]).transform("mean")
    rounds = apart.groupby([turns[key] for key in (*SUBJECT, "round")])
    shared = rounds.transform("median").where(rounds.transform("size") >= ENOUGH, 0.0)
    noise: pd.Series = apart - shared
    return noise


def spread(values: pd.Series) -> float:
    """Return the standard deviation, undefined for fewer than two values."""
    return float(values.std(ddof=1))


def detectable(noise: float, rounds: int, between: float) -> float:
    """Return the smallest change between two such rows that is seen as often as it must be.

    At the two-sided level of 5 % in 95 % of cases, with as many rounds on both sides; infinite
    where there are fewer than two.
    """
    if rounds < 2 or not np.isfinite(noise):
        return float("inf")
    steps = sum(stats.t.ppf(level, rounds - 1) for level in ((1 + LEVEL) / 2, LEVEL))
    return float(np.expm1(steps * np.sqrt(2 * noise**2 / rounds + between**2)))


def rounds_needed(noise: float, rounds: int, between: float, change: float, most: int = 500) -> int:
    """Return how many more rounds would make the row stable; -1 if no number of them would."""
    if rounds < 2:
        return 2 - rounds
    enough = (n for n in range(rounds + 1, most) if detectable(noise, n, between) <= change)
    return next(enough, rounds - 1) - rounds


def bootstrap(values: dict[Any, Array], seed: int) -> dict[Any, tuple[float, float]]:
    """Return the 95 % interval of the median of each sample, by the bootstrap over its rounds.

    The percentile interval, widened for small samples as a t interval is (Hesterberg, What Teachers
    Should Know About the Bootstrap, The American Statistician 69(4), 2015, section 3.3). Of fewer
    than six rounds no interval of the median can have 95 %; samples of one round have none.
    """
    found = dict.fromkeys(values, (float("nan"), float("nan")))
    for n in sorted({len(sample) for sample in values.values()} - {0, 1}):
        keys = [key for key, sample in values.items() if len(sample) == n]
        tail = stats.norm.cdf(-np.sqrt(n / (n - 1)) * stats.t.ppf((1 + LEVEL) / 2, n - 1))
        interval = stats.bootstrap(
            (np.array([values[key] for key in keys]),),
            np.median,
            axis=1,
            n_resamples=RESAMPLES,
            batch=100,
            confidence_level=1 - 2 * tail,
            method="percentile",
            rng=np.random.default_rng(seed),
        ).confidence_interval
        found |= {
            key: (float(low), float(high))
            for key, low, high in zip(keys, interval.low, interval.high, strict=True)
        }
    return found


def paired(turns: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Compare two environments in all that both were timed in: log of `other` over `one`.

    Only rounds in which both took their turn count. Columns: `difference` (mean of the logarithm),
    `error` (its standard error over rounds), `rounds`.
    """
    both = [
        turns[turns["environment"] == name].set_index([*SUBJECT, "round"]) for name in (one, other)
    ]
    logs = np.log(both[1]["seconds"]) - np.log(both[0]["seconds"])
    found = logs.dropna().groupby(level=SUBJECT).agg(difference="mean", error="sem", rounds="size")
    several: pd.DataFrame = found[found["rounds"] > 1].reset_index()
    return several


def p_values(compared: pd.DataFrame, between: float | pd.Series) -> Array:
    """Return how likely so large a difference is without a change, two-sided, by Student's t."""
    error = np.sqrt(compared["error"] ** 2 + between**2)
    t = np.abs(compared["difference"]) / error
    return np.asarray(2 * stats.t.sf(t, compared["rounds"] - 1))
