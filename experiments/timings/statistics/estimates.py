"""What does the sample say of each row, and how sure is that?

The *noise* of a row is what is left of its differences to its neighbours (`differences`): their
spread over rounds. Few rounds tell little of a spread, and the many rows of one kind tell the rest.

What became faster or slower is asked of a family: of one way to load, or to save, in the mean over
the sizes of its models (`pooled`). A row is stable if its family could show a change. Each round
has new processes, so that what they differ by is a part of its noise. What an environment and its
control differ by beyond that is `between`; it enters every comparison.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from experiments.timings.statistics.differences import KIND, Array, weights
from experiments.timings.statistics.moderation import moderated
from experiments.timings.statistics.neighbours import LINK
from experiments.timings.statistics.samples import KEY, SUBJECT

LEVEL = 0.95
RESAMPLES = 2000
WAY = [key for key in SUBJECT if key != "size"]
"""What is compared: a way to load or to save the models of a family, of whichever sizes."""


# --- comparisons


def singly(rounds: pd.DataFrame) -> pd.DataFrame:
    """Compare single rows over their rounds, as `_compared` says."""
    return _compared(rounds.assign(sizes=1), SUBJECT, KIND)


def pooled(rounds: pd.DataFrame) -> pd.DataFrame:
    """Compare families over their rounds: in each, the mean of the differences of all sizes.

    What the sizes share in a round is then a part of the spread. Rounds that lack a size do not
    count.
    """
    groups = rounds.groupby([*WAY, *LINK, "round"], sort=True)
    means = groups.agg(
        difference=("difference", "mean"),
        variance=("variance", "mean"),
        shared=("shared", "first"),
        sizes=("size", "nunique"),
    ).reset_index()
    most = means.groupby([*WAY, *LINK])["sizes"].transform("max")
    return _compared(means[means["sizes"] == most], WAY, [key for key in KIND if key != "size"])


def _compared(rounds: pd.DataFrame, subject: list[str], kind: list[str]) -> pd.DataFrame:
    """Return a row for each link of a subject: `difference` (mean over rounds), `rounds`, `sizes`.

    Rounds have the weight that is due to their `variance`, 1 in the mean. The `variance` that is
    returned is that of the difference in a round of this weight, drawn towards those of its kind,
    `df` its degrees of freedom, `error` the standard error of the difference.
    """
    weight, groups = weights(rounds, [*subject, *LINK])
    means = (weight * rounds["difference"]).groupby(groups)
    away = weight * (rounds["difference"] - means.transform("mean")) ** 2
    found = (
        rounds.assign(difference=weight * rounds["difference"], away=away)
        .groupby([*subject, *LINK], sort=True)
        .agg(
            difference=("difference", "mean"),
            away=("away", "sum"),
            shared=("shared", "first"),
            rounds=("round", "size"),
            sizes=("sizes", "max"),
        )
        .reset_index()
    )
    found = found[found["rounds"] > 1].reset_index(drop=True)
    df = found["rounds"] - 1.0
    found = moderated(found.assign(variance=found["away"] / df, df=df), kind)
    error = np.sqrt(found["variance"] / found["rounds"] + found["shared"])
    return found.assign(error=error).drop(columns=["away", "shared"])


def errors(compared: pd.DataFrame, between: float | pd.Series) -> pd.Series:
    """Return the standard error of each difference, of a family's or of a row's."""
    found: pd.Series = np.sqrt(compared["error"] ** 2 + between**2)
    return found


def p_values(compared: pd.DataFrame, between: float | pd.Series) -> Array:
    """Return how likely so large a difference is without a change, two-sided, by Student's t."""
    t = np.abs(compared["difference"]) / errors(compared, between)
    return np.asarray(2 * stats.t.sf(t, compared["df"]))


def reach(compared: pd.DataFrame, between: float | pd.Series) -> pd.Series:
    """Return half the width of the 95 % interval of each difference."""
    found: pd.Series = stats.t.ppf((1 + LEVEL) / 2, compared["df"]) * errors(compared, between)
    return found


# --- rows


def rows(
    turns: pd.DataFrame,
    single: pd.DataFrame,
    families: pd.DataFrame,
    between: float,
    change: float,
) -> pd.DataFrame:
    """Return a row for each way to load or save in each environment: medians, noise, `stable`.

    `single` and `families` are the comparisons of rows and of families. `between` is the standard
    deviation of the logarithm between two processes of one environment; `change` is the relative
    change that the family of a stable row could show.
    """
    groups = turns.assign(log=np.log(turns["seconds"])).groupby(KEY, sort=True)
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
        own=("log", "std"),
    ).reset_index()
    found = found.merge(noise(single), on=KEY, how="left")
    found["noise"] = found["noise"].fillna(found["own"])
    found = found.merge(sharpness(families), on=["environment", *WAY], how="left")
    known = found[["error", "df"]].fillna({"error": np.inf, "df": 1.0})
    each = list(zip(known["error"], known["df"], found["rounds"].astype(int), strict=True))
    found["detectable"] = [detectable(error, df, between) for error, df, _ in each]
    found["stable"] = found["detectable"] <= change
    found["rounds_needed"] = [
        0 if stable else rounds_needed(*one, between, change)
        for stable, one in zip(found["stable"], each, strict=True)
    ]
    return found.drop(columns=["own", "error", "df"])


def noise(compared: pd.DataFrame) -> pd.DataFrame:
    """Return the noise of each row that has neighbours.

    A difference has the noise of two rows; a row's is the half, in the mean over its neighbours.
    """
    found = _sides(compared, SUBJECT, ["variance"]).groupby(KEY, as_index=False).mean()
    return found.assign(noise=np.sqrt(found["variance"] / 2)).drop(columns="variance")


def sharpness(compared: pd.DataFrame) -> pd.DataFrame:
    """Return how sure comparisons of each family in each environment are: `error` and `df`.

    The mean over its neighbours, without those that share only some of its sizes.
    """
    both = _sides(compared, WAY, ["sizes", "error", "df"])
    both = both[both["sizes"] == both.groupby(["environment", *WAY])["sizes"].transform("max")]
    both = both.assign(square=both["error"] ** 2)
    found = both.groupby(["environment", *WAY])[["square", "df"]].mean()
    return found.assign(error=np.sqrt(found["square"])).drop(columns="square").reset_index()


def _sides(compared: pd.DataFrame, subject: list[str], values: list[str]) -> pd.DataFrame:
    """Return each comparison twice, once for each of the two environments."""
    sides = [
        compared[[*subject, side, *values]].rename(columns={side: "environment"}) for side in LINK
    ]
    return pd.concat(sides)


def detectable(error: float, df: float, between: float) -> float:
    """Return the smallest change that is seen as often as it must be.

    At the two-sided level of 5 % in 95 % of cases; infinite where there is nothing to compare.
    """
    if not np.isfinite(error):
        return float("inf")
    steps = sum(stats.t.ppf(level, df) for level in ((1 + LEVEL) / 2, LEVEL))
    return float(np.expm1(steps * np.sqrt(error**2 + between**2)))


def rounds_needed(
    error: float, df: float, rounds: int, between: float, change: float, most: int = 500
) -> int:
    """Return how many more rounds would make the row stable; -1 if no number of them would."""
    if rounds < 2:
        return 2 - rounds
    enough = (
        n
        for n in range(rounds + 1, most)
        if detectable(error * np.sqrt(rounds / n), df + n - rounds, between) <= change
    )
    return next(enough, rounds - 1) - rounds


def with_intervals(found: pd.DataFrame, turns: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Add the intervals of the medians: of the seconds, and of the ratio to the floor."""
    keys = pd.MultiIndex.from_frame(found[KEY])
    for column, low, high in (
        ("seconds", "ci_low_s", "ci_high_s"),
        ("ratio", "ratio_low", "ratio_high"),
    ):
        values = {key: group.to_numpy() for key, group in turns.groupby(KEY)[column]}
        intervals = bootstrap(values, seed)
        found = found.assign(
            **{low: [intervals[key][0] for key in keys], high: [intervals[key][1] for key in keys]}
        )
    return found


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
