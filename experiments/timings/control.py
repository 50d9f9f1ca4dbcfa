"""What does the comparison find where the answer is known?

A control is an environment under a second name, with a process of its own. Nothing changed between
the two, so whatever is found is a false alarm; where a slowdown was planted, what is not found is a
miss. What the processes differ by beyond the noise of their rounds is `between`, and every
comparison counts with it. A control is judged by the `between` of the others, so that none is the
judge of itself.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from experiments.timings import estimates
from experiments.timings.config import Control
from experiments.timings.estimates import LEVEL
from experiments.timings.samples import KEY

SPAN = 0.95
"""Share of the comparisons without a change that the largest difference given leaves below it."""


@dataclass(frozen=True)
class Summary:
    """What a control says of the run: how often it differs from itself, and by how much.

    `uncorrected` counts the alarms without `between`; `found` are the comparisons between stable
    rows in which a planted slowdown was seen, of `tried`.
    """

    control: str
    environment: str
    slower: float
    comparisons: int
    alarms: int
    uncorrected: int
    between: float
    largest: float
    tried: int
    found: int


def compare(turns: pd.DataFrame, controls: dict[str, Control]) -> pd.DataFrame:
    """Compare each control with the environment behind it; a row for each thing both timed."""
    names = set(turns["environment"])
    found = [
        estimates.paired(turns, control.environment, name).assign(
            control=name, environment=control.environment, slower=control.slower
        )
        for name, control in controls.items()
        if name in names and control.environment in names
    ]
    if not found:
        return pd.DataFrame()
    compared = pd.concat(found, ignore_index=True)
    compared["between"] = compared["control"].map(
        {name: between(_others(compared, name)) for name in compared["control"].unique()}
    )
    compared["p_uncorrected"] = estimates.p_values(compared, 0.0)
    compared["p"] = estimates.p_values(compared, compared["between"])
    return compared


def between(compared: pd.DataFrame) -> float:
    """Return the standard deviation between two processes of one environment; 0 without controls.

    By moments: what the squares of the differences exceed their squared errors by, on average.
    Saves are left out: they write files, which is another kind of noise.
    """
    if compared.empty:
        return 0.0
    plain = compared[(compared["slower"] == 0) & compared["api"].str.startswith("load")]
    if plain.empty:
        return 0.0
    excess = plain["difference"] ** 2 - plain["error"] ** 2
    return float(np.sqrt(max(0.0, excess.mean())))


def _others(compared: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the plain controls but this one; all where there is no other."""
    others = compared[(compared["control"] != name) & (compared["slower"] == 0)]
    return compared if others.empty else others


def summaries(compared: pd.DataFrame, rows: pd.DataFrame) -> list[Summary]:
    """Return what each control says; of `rows` it is asked which are stable."""
    if compared.empty:
        return []
    stable = rows[rows["stable"]].set_index(KEY).index
    return [_summary(str(name), one, stable) for name, one in compared.groupby("control")]


def _summary(name: str, one: pd.DataFrame, stable: pd.Index) -> Summary:
    seen = one["p"] < 1 - LEVEL
    loads = one["api"].str.startswith("load")
    keys = pd.MultiIndex.from_frame(one.assign(environment=one["environment"])[KEY])
    tried = loads & keys.isin(stable)
    found = seen & tried & (one["difference"] > 0)
    slower = float(one["slower"].iloc[0])
    return Summary(
        control=name,
        environment=str(one["environment"].iloc[0]),
        slower=slower,
        comparisons=len(one),
        alarms=int(seen.sum()),
        uncorrected=int((one["p_uncorrected"] < 1 - LEVEL).sum()),
        between=float(one["between"].iloc[0]),
        largest=float(np.expm1(one["difference"].abs().quantile(SPAN))),
        tried=int(tried.sum()) if slower else 0,
        found=int(found.sum()) if slower else 0,
    )


def as_rows(found: list[Summary]) -> list[dict[str, object]]:
    """Return summaries as plain rows."""
    return [asdict(one) for one in found]
