"""Estimate differences between environments and the times of each row, with their uncertainty.

The *noise* of a row is the spread of its differences over rounds (`differences`). Few rounds say
little about a spread, so the variances of similar rows are used too (`moderation`).

A change is estimated for a way to load or save a kind of model, in the mean over its sizes
(`pooled`). A row is stable if this estimate could show a change. Each round has new processes, so
the differences between processes are a part of the noise.

`tests/by_hand/estimates.py` compares this estimate with simpler ones and with a larger one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from experiments.timings.statistics.differences import Array
from experiments.timings.statistics.moderation import moderated
from experiments.timings.statistics.subjects import KEY, LINK, SUBJECT, WAY

LEVEL = 0.95
RESAMPLES = 2000
ALIKE = ["format", "api", "cache"]
"""Comparisons that share these, and the size, have similar noise."""


# --- comparisons


def singly(rounds: pd.DataFrame) -> pd.DataFrame:
    """Compare environments by single models, as `_compared` describes."""
    return _compared(rounds.assign(sizes=1), SUBJECT, ["size", *ALIKE])


def pooled(rounds: pd.DataFrame) -> pd.DataFrame:
    """Compare environments by kinds of models: in each round by the mean over all sizes.

    A disturbance that the sizes share in a round is thereby a part of the spread. Rounds that lack
    a size do not count.
    """
    groups = rounds.groupby([*WAY, *LINK, "round"], sort=True)
    means = groups.agg(
        difference=("difference", "mean"), shared=("shared", "first"), sizes=("size", "nunique")
    ).reset_index()
    most = means.groupby([*WAY, *LINK])["sizes"].transform("max")
    return _compared(means[means["sizes"] == most], WAY, ALIKE)


def _compared(rounds: pd.DataFrame, subject: list[str], group: list[str]) -> pd.DataFrame:
    """Return a row for each link of a subject: `difference` (mean over rounds), `rounds`, `sizes`.

    `variance` is that of the difference in one round, drawn towards those of the group, `df` its
    degrees of freedom, `error` the standard error of the mean difference.
    """
    table = (
        rounds.groupby([*subject, *LINK], sort=True)
        .agg(
            variance=("difference", "var"),
            difference=("difference", "mean"),
            shared=("shared", "first"),
            rounds=("round", "size"),
            sizes=("sizes", "max"),
        )
        .reset_index()
    )
    table = table[table["rounds"] > 1].reset_index(drop=True)
    table = moderated(table.assign(df=table["rounds"] - 1.0), group)
    error = np.sqrt(table["variance"] / table["rounds"] + table["shared"])
    return table.assign(error=error).drop(columns="shared")


def p_values(compared: pd.DataFrame) -> Array:
    """Return the two-sided p value of each difference by Student's t.

    It is the probability of a difference of this size or more without a change. `compared` is the
    result of `singly` or `pooled`.
    """
    t = np.abs(compared["difference"]) / compared["error"]
    return np.asarray(2 * stats.t.sf(t, compared["df"]))


def reach(compared: pd.DataFrame) -> pd.Series:
    """Return half the width of the 95 % interval of each difference."""
    widths: pd.Series = stats.t.ppf((1 + LEVEL) / 2, compared["df"]) * compared["error"]
    return widths


# --- rows


def medians(turns: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each load or save in each environment: its medians over rounds."""
    return (
        turns.groupby(KEY, sort=True)
        .agg(
            rounds=("round", "nunique"),
            samples=("samples", "sum"),
            median_s=("seconds", "median"),
            floor_s=("floor_s", "median"),
            ratio_to_floor=("ratio", "median"),
            first_s=("first_s", "median"),
            build_s=("build_s", "median"),
        )
        .reset_index()
    )


def quality(
    turns: pd.DataFrame, single: pd.DataFrame, pooled: pd.DataFrame, change: float
) -> pd.DataFrame:
    """Return a row for each load or save: `noise`, `detectable`, `stable`, `rounds_needed`.

    `single` and `pooled` are comparisons of models and of kinds of models. The kind of model of a
    stable row could show the relative `change`.
    """
    logs = turns.assign(log=np.log(turns["seconds"])).groupby(KEY, sort=True)
    rows = logs.agg(rounds=("round", "nunique"), own=("log", "std")).reset_index()
    rows = rows.merge(noise(single), on=KEY, how="left")
    rows["noise"] = rows["noise"].fillna(rows["own"])
    rows = rows.merge(sharpness(pooled), on=["environment", *WAY], how="left")
    errors, dfs = rows["error"].fillna(np.inf), rows["df"].fillna(1.0)
    rows["detectable"] = detectable(errors, dfs)
    rows["stable"] = rows["detectable"] <= change
    rows["rounds_needed"] = [
        0 if stable else rounds_needed(error, df, rounds, change)
        for stable, error, df, rounds in zip(
            rows["stable"], errors, dfs, rows["rounds"].astype(int), strict=True
        )
    ]
    return rows[[*KEY, *QUALITY]]


QUALITY = ["noise", "detectable", "stable", "rounds_needed"]
"""The columns of a row that follow from comparisons."""


def noise(compared: pd.DataFrame) -> pd.DataFrame:
    """Return the noise of each compared row.

    A difference has the noise of two rows. Each row gets half of its variance, in the mean over the
    comparisons of the row.
    """
    rows = _sides(compared, SUBJECT, ["variance"]).groupby(KEY, as_index=False).mean()
    return rows.assign(noise=np.sqrt(rows["variance"] / 2)).drop(columns="variance")


def sharpness(compared: pd.DataFrame) -> pd.DataFrame:
    """Return `error` and `df` of the comparisons of each environment, by way to load or save.

    In the mean over the comparisons, without those that share only a part of the sizes.
    """
    both = _sides(compared, WAY, ["sizes", "error", "df"])
    both = both[both["sizes"] == both.groupby(["environment", *WAY])["sizes"].transform("max")]
    both = both.assign(square=both["error"] ** 2)
    means = both.groupby(["environment", *WAY])[["square", "df"]].mean()
    return means.assign(error=np.sqrt(means["square"])).drop(columns="square").reset_index()


def _sides(compared: pd.DataFrame, subject: list[str], values: list[str]) -> pd.DataFrame:
    """Return each comparison twice, once for each of the two environments."""
    sides = [
        compared[[*subject, side, *values]].rename(columns={side: "environment"}) for side in LINK
    ]
    return pd.concat(sides)


def detectable(errors: ArrayLike, dfs: ArrayLike) -> Array:
    """Return the smallest relative changes that 95 % of cases show at the level of 5 %.

    A row without a comparison has an infinite error, and an infinite change.
    """
    steps = stats.t.ppf((1 + LEVEL) / 2, dfs) + stats.t.ppf(LEVEL, dfs)
    return np.asarray(np.expm1(steps * np.asarray(errors)))


def rounds_needed(error: float, df: float, rounds: int, change: float, most: int = 500) -> int:
    """Return the number of further rounds that would make a row stable; -1 if 500 are too few."""
    if rounds < 2:
        return 2 - rounds
    further = np.arange(1, most - rounds)
    totals = rounds + further
    enough = further[detectable(error * np.sqrt(rounds / totals), df + further) <= change]
    return int(enough[0]) if len(enough) else -1


def with_intervals(rows: pd.DataFrame, turns: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Add the intervals of the medians: of the seconds, and of the ratio to the raw read time."""
    keys = pd.MultiIndex.from_frame(rows[KEY])
    for column, low, high in (
        ("seconds", "ci_low_s", "ci_high_s"),
        ("ratio", "ratio_low", "ratio_high"),
    ):
        values = {key: group.to_numpy() for key, group in turns.groupby(KEY)[column]}
        intervals = bootstrap(values, seed)
        rows = rows.assign(
            **{low: [intervals[key][0] for key in keys], high: [intervals[key][1] for key in keys]}
        )
    return rows


def bootstrap(values: dict[Any, Array], seed: int) -> dict[Any, tuple[float, float]]:
    """Return the 95 % interval of the median of each sample, by the bootstrap over its rounds.

    The percentile interval, widened for small samples as a t interval is (Hesterberg, What Teachers
    Should Know About the Bootstrap, The American Statistician 69(4), 2015, section 3.3). With
    fewer than six rounds, no interval of the median can have 95 %. Samples of one round have no
    interval.
    """
    intervals = dict.fromkeys(values, (float("nan"), float("nan")))
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
        intervals |= {
            key: (float(low), float(high))
            for key, low, high in zip(keys, interval.low, interval.high, strict=True)
        }
    return intervals
