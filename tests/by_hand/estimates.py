"""Compare estimates of the same timed loads: how often each errs, and how much each finds.

    python tests/by_hand/estimates.py

A control is an environment under a second name, so that every difference to it is a false alarm.
The script judges the stored samples of the controls by several estimates. It plants slowdowns of
10 % and 3 % by multiplying the seconds of a control, or of the environment behind it: the timer
plants a slowdown in the same way. No samples of the session with planted slowdowns are stored.

Sessions: the published one decides. Three earlier publications are read from the history of the
repository; their processes lived through all rounds, while those of today are new in each round.

The rule, written down before the first look at the figures. An estimate is *worse* than the full
one if, in the published session or in all four together,

- its share of false alarms is above 5 %, and the 95 % interval of the difference of both shares
  lies above 0; or
- its share of found slowdowns of 10 % is lower, and the 95 % interval of that difference lies below
  0.

The comparisons of a control and a kind of model share their processes and their rounds. The
intervals are therefore those of a bootstrap over controls and kinds of models, with a fixed seed.
Parts without which nothing is worse go; without all of them together nothing may be worse either.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, special, stats

from experiments.timings.statistics import neighbours

Array = npt.NDArray[np.float64]

PUBLISHED = Path("results/published")
EARLIER = ("fc5afd2", "bee2bdf", "bf5d506")
"""Commits that published earlier sessions of timings, the newest first."""
LEVEL, STABLE = 0.95, 0.10
PLANTED = (0.10, 0.03)
RESAMPLES, BLOCK_RESAMPLES, SEED = 2000, 10000, 1

SUBJECT = ["family", "size", "format", "api", "cache"]
WAY = ["family", "format", "api", "cache"]
LINK = ["before", "after"]
PACES = ["pace", "turn_pace"]


# --- samples


@dataclass(frozen=True, eq=False)
class Session:
    """The rounds of one session, paired, and the names of its controls."""

    name: str
    rounds: pd.DataFrame
    controls: frozenset[str]


def sessions() -> Iterator[Session]:
    """Read the published session and the earlier ones."""
    names = ("timings_raw.parquet", "timings_provenance.json")
    yield session("published", *((PUBLISHED / name).read_bytes() for name in names))
    for commit in EARLIER:
        contents = (
            subprocess.run(
                ["git", "show", f"{commit}:{PUBLISHED / name}"], check=True, capture_output=True
            ).stdout
            for name in names
        )
        yield session(commit, *contents)


def session(name: str, samples: bytes, origin: bytes) -> Session:
    """Pair the rounds of environments that are compared with one another."""
    config = json.loads(origin)["config"]
    environments = {key: SimpleNamespace(**one) for key, one in config["environment"].items()}
    controls = {key: SimpleNamespace(**one) for key, one in config["controls"].items()}
    turns = logs_by_turn(pd.read_parquet(io.BytesIO(samples)))
    links: pd.DataFrame = neighbours.links(turns, environments, controls)  # type: ignore[arg-type]
    return Session(name, paired(turns, links), frozenset(controls))


def logs_by_turn(samples: pd.DataFrame) -> pd.DataFrame:
    """Return the mean logarithm of the seconds and of the paces, by turn and way to load or save.

    Only calls that count are averaged, with the paces around them; `turn_pace` averages all paces
    of a turn.
    """
    samples = samples.astype(dict.fromkeys(samples.select_dtypes("category").columns, str))
    samples["log"] = np.log(samples["seconds"])
    turn = ["environment", "family", "size", "round"]
    load = ["environment", *SUBJECT, "round"]
    calls = samples[samples["kind"] == "call"].groupby(load)
    turns = calls.agg(seconds=("log", "mean"), first=("place", "min")).reset_index()
    paces = samples[samples["kind"] == "pace"].merge(turns[[*load, "first"]], on=load)
    counted = paces[paces["place"] >= paces["first"]]
    around = counted.groupby(load)["log"].mean().rename("pace").reset_index()
    whole = paces.groupby(turn)["log"].mean().rename("turn_pace").reset_index()
    return turns.merge(around, on=load).merge(whole, on=turn)


def paired(turns: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return the difference of each link in each round that both took, and that of the paces."""
    keys = [*SUBJECT, "round"]
    before, after = (
        links.merge(turns.rename(columns={"environment": side}), on=[*SUBJECT, side])
        for side in LINK
    )
    both = before.merge(after, on=[*keys, *LINK], suffixes=("_before", "_after"))
    values = {"difference": "seconds"} | {pace: pace for pace in PACES}
    for name, column in values.items():
        both[name] = both[f"{column}_after"] - both[f"{column}_before"]
    return both[[*keys, *LINK, *values]].assign(shared=0.0, variance=1.0)


# --- the parts of the full estimate


def steadied(rounds: pd.DataFrame) -> pd.DataFrame:
    """Take the machine's pace out by control variates (Lavenberg and Welch 1981)."""

    def one(way: pd.DataFrame) -> pd.DataFrame:
        within = way[["difference", *PACES]]
        within = within - way.groupby([*SUBJECT, *LINK])[["difference", *PACES]].transform("mean")
        shares, *_ = np.linalg.lstsq(
            within[PACES].to_numpy(), within["difference"].to_numpy(), rcond=None
        )
        slower = way[PACES] - way.groupby(LINK)[PACES].transform("mean")
        longer = pd.Series(slower.to_numpy() @ shares, index=way.index)
        by_link = longer.groupby([way[side] for side in LINK])
        shared = by_link.transform("var").fillna(0.0) / by_link.transform("size")
        return way.assign(difference=way["difference"] - longer, shared=shared)

    parts = [one(way) for _, way in rounds.groupby(["format", "api", "cache"])]
    return pd.concat(parts).sort_index()


def weighed(rounds: pd.DataFrame) -> pd.DataFrame:
    """Expect of each round the variance that other comparisons of it show (Ritchie et al. 2006)."""
    kind = ["size", "format", "api", "cache"]
    for _ in range(2):
        weight, links = weights(rounds, [*SUBJECT, *LINK])
        away = rounds["difference"] - (weight * rounds["difference"]).groupby(links).transform(
            "mean"
        )
        count = away.groupby(links).transform("size")
        squares = (away**2 * count / (count - 1)).where(count > 1)
        same_round = squares.groupby([rounds[key] for key in [*SUBJECT, "round"]])
        others = same_round.transform("count") - squares.notna()
        mean = (same_round.transform("sum") - squares.fillna(0.0)) / others
        witnessed = rounds[kind].assign(variance=mean, df=2 / 3 * others)[others >= 4]
        usual = squares.groupby([rounds[key] for key in kind]).transform("mean").fillna(1.0)
        expected = moderated(witnessed, kind)["variance"].reindex(rounds.index).fillna(usual)
        rounds = rounds.assign(variance=expected)
    return rounds


def weights(rounds: pd.DataFrame, keys: list[str]) -> tuple[pd.Series, list[pd.Series]]:
    """Return the weights of rounds, 1 in the mean of those that share the keys, and the keys."""
    groups = [rounds[key] for key in keys]
    worth = 1.0 / rounds["variance"]
    return worth / worth.groupby(groups).transform("mean"), groups


def moderated(table: pd.DataFrame, kind: list[str]) -> pd.DataFrame:
    """Draw each variance towards those of its kind (Smyth 2004)."""
    parts = [_moderated(one) for _, one in table.groupby(kind)]
    return pd.concat(parts).sort_index() if parts else table


def _moderated(kind: pd.DataFrame) -> pd.DataFrame:
    if len(kind) < 8:
        return kind
    own, df = kind["variance"].clip(lower=1e-12), kind["df"]
    logs = np.log(own) - special.digamma(df / 2) + np.log(df / 2)
    beyond = float(logs.var(ddof=1) - special.polygamma(1, df / 2).mean())
    prior = 2 * _trigamma_inverse(beyond) if beyond > 0 else 1e6
    shift = float(special.digamma(prior / 2) - np.log(prior / 2))
    common = float(np.exp(logs.mean() + shift))
    total = df + prior
    return kind.assign(variance=(prior * common + df * own) / total, df=total.clip(upper=1e6))


def _trigamma_inverse(value: float) -> float:
    low, high = (float(special.polygamma(1, bound)) for bound in (1e6, 1e-6))
    if not low < value < high:
        return 1e-6 if value >= high else 1e6
    return float(optimize.brentq(lambda x: float(special.polygamma(1, x)) - value, 1e-6, 1e6))


def between(controls: pd.DataFrame) -> float:
    """Return the standard deviation between processes, by moments; 0 where chance explains it."""
    plain = controls[(controls["df"] > 2) & controls["api"].str.startswith("load")]
    excess = plain["difference"] ** 2 - plain["error"] ** 2 * plain["df"] / (plain["df"] - 2)
    families = excess.groupby([plain["after"], plain["family"]]).mean()
    if len(families) < 2:
        return 0.0
    if stats.ttest_1samp(families, 0.0, alternative="greater").pvalue >= 1 - LEVEL:
        return 0.0
    return float(np.sqrt(excess.mean()))


# --- estimates


@dataclass(frozen=True)
class Estimate:
    """Student's t over rounds with some of the parts, or a bootstrap of the rounds."""

    pace: bool = False
    weights: bool = False
    moderated: bool = False
    between: bool = False
    bootstrap: str = ""

    @property
    def name(self) -> str:
        if self.bootstrap:
            return f"bootstrap of the {self.bootstrap}"
        parts = [part for part in PARTS if getattr(self, part)]
        missing = [part for part in PARTS if part not in parts]
        if not parts:
            return "Student's t alone"
        if not missing:
            return "all parts"
        return f"without {missing[0]}" if len(missing) == 1 else f"only {', '.join(parts)}"


PARTS = ("pace", "weights", "moderated", "between")
FULL = Estimate(*[True] * len(PARTS))
ESTIMATES = [
    *(Estimate(bootstrap=statistic) for statistic in ("mean", "median")),
    *(Estimate(*parts) for parts in product((False, True), repeat=len(PARTS))),
]


@cache
def prepared(session: Session, pace: bool, weights: bool) -> pd.DataFrame:
    """Return the rounds of a session without the machine's pace, with weights."""
    rounds = steadied(session.rounds) if pace else session.rounds
    return weighed(rounds) if weights else rounds


@cache
def compared(session: Session, estimate: Estimate, singly: bool) -> pd.DataFrame:
    """Return a row for each comparison: difference, interval, and smallest change that is seen.

    Of kinds of models, in the mean over their sizes; of single sizes if `singly`.
    """
    rounds = prepared(session, estimate.pace, estimate.weights)
    subject, kind = (SUBJECT, ["size"]) if singly else (WAY, [])
    rounds = rounds.assign(sizes=1) if singly else over_sizes(rounds)
    if estimate.bootstrap:
        if singly:
            rounds = rounds[rounds["after"].isin(session.controls)]
        return bootstrapped(rounds, subject, estimate.bootstrap)
    rows = averaged(rounds, subject)
    if estimate.moderated:
        rows = moderated(rows, [*kind, "format", "api", "cache"])
    rows["error"] = np.sqrt(rows["variance"] / rows["rounds"] + rows["shared"])
    habit: Any = 0.0
    if estimate.between:
        controls = rows[rows["after"].isin(session.controls)]
        judges = {name: between(controls[controls["after"] != name]) for name in session.controls}
        habit = rows["after"].map(judges).fillna(between(controls))
    rows["error"] = np.sqrt(rows["error"] ** 2 + habit**2)
    reach = stats.t.ppf((1 + LEVEL) / 2, rows["df"]) * rows["error"]
    seen = reach + stats.t.ppf(LEVEL, rows["df"]) * rows["error"]
    return rows.assign(
        low=rows["difference"] - reach, high=rows["difference"] + reach, detectable=np.expm1(seen)
    )


def over_sizes(rounds: pd.DataFrame) -> pd.DataFrame:
    """Average the differences over sizes in each round that has all sizes."""
    means = (
        rounds.groupby([*WAY, *LINK, "round"])
        .agg(
            difference=("difference", "mean"),
            variance=("variance", "mean"),
            shared=("shared", "first"),
            sizes=("size", "nunique"),
        )
        .reset_index()
    )
    return means[means["sizes"] == means.groupby([*WAY, *LINK])["sizes"].transform("max")]


def averaged(rounds: pd.DataFrame, subject: list[str]) -> pd.DataFrame:
    """Return the weighted mean and variance of each comparison over its rounds."""
    weight, groups = weights(rounds, [*subject, *LINK])
    weighted = weight * rounds["difference"]
    away = weight * (rounds["difference"] - weighted.groupby(groups).transform("mean")) ** 2
    rows = (
        rounds.assign(difference=weighted, away=away)
        .groupby([*subject, *LINK])
        .agg(
            difference=("difference", "mean"),
            away=("away", "sum"),
            shared=("shared", "first"),
            rounds=("round", "size"),
            sizes=("sizes", "max"),
        )
        .reset_index()
    )
    rows = rows[rows["rounds"] > 1].reset_index(drop=True)
    df = rows["rounds"] - 1.0
    return rows.assign(variance=rows["away"] / df, df=df)


def bootstrapped(rounds: pd.DataFrame, subject: list[str], statistic: str) -> pd.DataFrame:
    """Return the percentile interval of each comparison, widened for few rounds (Hesterberg 2015).

    The smallest change that is seen follows from the width of the interval.
    """
    grouped = rounds.groupby([*subject, *LINK])
    rows = grouped.agg(rounds=("round", "size"), sizes=("sizes", "max")).reset_index()
    samples = [group.to_numpy() for _, group in grouped["difference"]]
    function = {"mean": np.mean, "median": np.median}[statistic]
    values = np.full((len(rows), 3), np.nan)
    for n in sorted(set(rows["rounds"]) - {1}):
        chance = np.random.default_rng([SEED, n])
        draws = chance.integers(n, size=(RESAMPLES, n))
        tail = stats.norm.cdf(-np.sqrt(n / (n - 1)) * stats.t.ppf((1 + LEVEL) / 2, n - 1))
        for place in np.flatnonzero(rows["rounds"] == n):
            resampled = function(samples[place][draws], axis=1)
            low, high = np.quantile(resampled, [tail, 1 - tail])
            values[place] = function(samples[place]), low, high
    rows[["difference", "low", "high"]] = values
    rows = rows[rows["rounds"] > 1].reset_index(drop=True)
    df = rows["rounds"] - 1.0
    more = 1 + stats.t.ppf(LEVEL, df) / stats.t.ppf((1 + LEVEL) / 2, df)
    return rows.assign(df=df, detectable=np.expm1(more * (rows["high"] - rows["low"]) / 2))


# --- measures


def judged(session: Session, estimate: Estimate) -> pd.DataFrame:
    """Return a row for each comparison of a control, with what the estimate says of it."""
    rows = compared(session, estimate, singly=False)
    rows = rows[rows["after"].isin(session.controls)]
    table = rows[[*WAY, *LINK]].assign(session=session.name, estimate=estimate.name)
    table["alarm"] = (rows["low"] > 0) | (rows["high"] < 0)
    loads = rows["api"].str.startswith("load")
    table["width"] = ((rows["high"] - rows["low"]) / 2).where(loads)
    for slower in PLANTED:
        shift = np.log1p(slower)
        both = (rows["low"] + shift > 0) * 0.5 + (rows["high"] - shift < 0) * 0.5
        table[f"found_{slower:g}"] = both.where(loads)
    return table


def stable(session: Session, estimate: Estimate) -> float:
    """Return the share of rows whose kind of model would show a change of 10 %."""
    rows = compared(session, estimate, singly=False)
    sides = pd.concat(rows.rename(columns={side: "environment"}) for side in LINK)
    sides = sides[~sides["environment"].isin(session.controls)]
    keys = ["environment", *WAY]
    sides = sides[sides["sizes"] == sides.groupby(keys)["sizes"].transform("max")]
    means = sides.groupby(keys).agg(detectable=("detectable", "mean"), sizes=("sizes", "max"))
    return float(np.average(means["detectable"] <= STABLE, weights=means["sizes"]))


def row_alarms(session: Session, estimate: Estimate) -> tuple[int, int]:
    """Return how many single sizes of controls differ, and of how many."""
    rows = compared(session, estimate, singly=True)
    rows = rows[rows["after"].isin(session.controls)]
    return int(((rows["low"] > 0) | (rows["high"] < 0)).sum()), len(rows)


def interval(table: pd.DataFrame, value: pd.Series) -> tuple[float, float, float]:
    """Return a mean over comparisons and its 95 % interval, over blocks that share processes."""
    blocks = value.groupby([table[key] for key in ("session", "after", "family")])
    sums, counts = blocks.sum().to_numpy(), blocks.count().to_numpy()
    draws = np.random.default_rng(SEED).integers(len(sums), size=(BLOCK_RESAMPLES, len(sums)))
    means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(sums.sum() / counts.sum()), float(low), float(high)
