"""Check the comparison against controls, whose true difference is known.

A control is an environment under a second name, with a process of its own. Without a planted
slowdown, each difference between the two is a false alarm. With a planted slowdown, each
comparison that does not show it is a miss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.timings.statistics import estimates
from experiments.timings.statistics.estimates import LEVEL
from experiments.timings.statistics.neighbours import Relations
from experiments.timings.statistics.subjects import WAY

SPAN = 0.95
"""The part of the comparisons whose differences are smaller than `Summary.largest`."""


@dataclass(frozen=True)
class Summary:
    """The false alarms and the planted slowdowns of one control.

    `alarms` counts the kinds of models that differ, of all `comparisons`, and `row_alarms` the
    single models, of `rows`. `tried` counts the stable comparisons of a planted slowdown, and
    `found` those of them that show it. 95 % of the differences are smaller than `largest`.
    """

    control: str
    environment: str
    slower: float
    comparisons: int
    alarms: int
    rows: int
    row_alarms: int
    largest: float
    tried: int
    found: int


def judged(compared: pd.DataFrame, relations: Relations) -> pd.DataFrame:
    """Add to each comparison of a control its p value, its interval and the planted slowdown."""
    table = compared.rename(columns={"before": "environment", "after": "control"})
    return table.assign(
        slower=table["control"].map(dict(relations.slower)).astype(float),
        p=estimates.p_values(table),
        reach=estimates.reach(table),
    ).reset_index(drop=True)


def summaries(compared: pd.DataFrame, singly: pd.DataFrame, quality: pd.DataFrame) -> list[Summary]:
    """Return a summary of each control, from comparisons by kind of model and by single model.

    `quality` says which rows are stable.
    """
    stable = quality[quality["stable"]].set_index(["environment", *WAY]).index
    return [
        _summary(str(name), rows, singly[singly["control"] == name], stable)
        for name, rows in compared.groupby("control")
    ]


def _summary(name: str, rows: pd.DataFrame, singly: pd.DataFrame, stable: pd.Index) -> Summary:
    differs = rows["p"] < 1 - LEVEL
    loads = rows["api"].str.startswith("load")
    tried = loads & pd.MultiIndex.from_frame(rows[["environment", *WAY]]).isin(stable)
    detected = differs & tried & (rows["difference"] > 0)
    slower = float(rows["slower"].iloc[0])
    return Summary(
        control=name,
        environment=str(rows["environment"].iloc[0]),
        slower=slower,
        comparisons=len(rows),
        alarms=int(differs.sum()),
        rows=len(singly),
        row_alarms=int((singly["p"] < 1 - LEVEL).sum()),
        largest=float(np.expm1(rows["difference"].abs().quantile(SPAN))),
        tried=int(tried.sum()) if slower else 0,
        found=int(detected.sum()) if slower else 0,
    )
