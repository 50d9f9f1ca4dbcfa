"""What does the comparison find where the answer is known?

A control is an environment under a second name, with a process of its own. Nothing changed between
the two, so whatever is found is a false alarm; where a slowdown was planted, what is not found is a
miss. What the processes differ by beyond the noise of their rounds is `between`, and every
comparison counts with it. A control is judged by the `between` of the others, so that none is the
judge of itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from experiments.timings.config import Control
from experiments.timings.statistics import estimates
from experiments.timings.statistics.estimates import LEVEL, WAY

SPAN = 0.95
"""Share of the comparisons without a change that the largest difference given leaves below it."""


@dataclass(frozen=True)
class Summary:
    """What a control says of the run: how often it differs from itself, and by how much.

    `alarms` are the families that differ, of all `comparisons`, `uncorrected` those without
    `between`, `row_alarms` the single rows that do, of `rows`; `found` are the comparisons that
    could show a change and in which a planted slowdown was seen, of `tried`.
    """

    control: str
    environment: str
    slower: float
    comparisons: int
    alarms: int
    uncorrected: int
    rows: int
    row_alarms: int
    between: float
    largest: float
    tried: int
    found: int


def judged(compared: pd.DataFrame, controls: Mapping[str, Control]) -> pd.DataFrame:
    """Say of each comparison of a control with what is behind it how likely it is by chance."""
    found = compared.rename(columns={"before": "environment", "after": "control"})
    slower = {name: one.slower for name, one in controls.items()}
    found["slower"] = found["control"].map(slower).astype(float)
    judges = {name: between(_others(found, name)) for name in found["control"].unique()}
    found["between"] = found["control"].map(judges).astype(float)
    found["p_uncorrected"] = estimates.p_values(found, 0.0)
    found["p"] = estimates.p_values(found, found["between"])
    found["reach"] = estimates.reach(found, found["between"])
    return found.drop(columns="variance").reset_index(drop=True)


def between(compared: pd.DataFrame) -> float:
    """Return the standard deviation between two processes of one environment; 0 without controls.

    By moments: what the squares of the differences exceed their variance by, on average, which is
    that of Student's t: of few rounds, the squared errors alone would be too little. 0 where the
    families of the controls do not agree that they do, because chance has it at half of the time.
    Saves are left out: they write files, which is another kind of noise.
    """
    if compared.empty:
        return 0.0
    known = compared["df"] > 2  # of fewer degrees of freedom, Student's t has no variance
    plain = compared[known & (compared["slower"] == 0) & compared["api"].str.startswith("load")]
    if plain.empty:
        return 0.0
    variance = plain["error"] ** 2 * plain["df"] / (plain["df"] - 2)
    excess = plain["difference"] ** 2 - variance
    families = excess.groupby([plain["control"], plain["family"]]).mean()
    if len(families) < 2:
        return 0.0
    beyond_chance = stats.ttest_1samp(families, 0.0, alternative="greater").pvalue < 1 - LEVEL
    return float(np.sqrt(excess.mean())) if beyond_chance else 0.0


def _others(compared: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the plain controls but this one; all where there is no other."""
    others = compared[(compared["control"] != name) & (compared["slower"] == 0)]
    return compared if others.empty else others


def summaries(compared: pd.DataFrame, singly: pd.DataFrame, rows: pd.DataFrame) -> list[Summary]:
    """Return what each control says, of families and `singly`; of `rows` which are stable."""
    stable = rows[rows["stable"]].set_index(["environment", *WAY]).index
    return [
        _summary(str(name), one, singly[singly["control"] == name], stable)
        for name, one in compared.groupby("control")
    ]


def _summary(name: str, one: pd.DataFrame, singly: pd.DataFrame, stable: pd.Index) -> Summary:
    seen = one["p"] < 1 - LEVEL
    loads = one["api"].str.startswith("load")
    tried = loads & pd.MultiIndex.from_frame(one[["environment", *WAY]]).isin(stable)
    found = seen & tried & (one["difference"] > 0)
    slower = float(one["slower"].iloc[0])
    return Summary(
        control=name,
        environment=str(one["environment"].iloc[0]),
        slower=slower,
        comparisons=len(one),
        alarms=int(seen.sum()),
        uncorrected=int((one["p_uncorrected"] < 1 - LEVEL).sum()),
        rows=len(singly),
        row_alarms=int((singly["p"] < 1 - LEVEL).sum()),
        between=float(one["between"].iloc[0]),
        largest=float(np.expm1(one["difference"].abs().quantile(SPAN))),
        tried=int(tried.sum()) if slower else 0,
        found=int(found.sum()) if slower else 0,
    )
