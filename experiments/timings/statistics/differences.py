"""Compare linked environments round by round, and take out the pace of the machine.

All differences are differences of logarithms, because noise and changes are parts of a time.

Environments are compared by the rounds that they share. A drift of the machine and the order of a
round affect both alike, so neither is a part of the difference. `steadied` also takes out the
machine's pace at each call. The pace is measured by a piece of work that is the same in all
environments.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.timings.statistics.subjects import KEY, LINK, SUBJECT

Array = npt.NDArray[np.float64]

PACES = ["pace", "turn_pace"]
"""The seconds of the fixed work directly around the calls, and over their whole turn."""


def paired(turns: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return the logarithm of `after` over `before` in each round that both environments took.

    One row for each link and round, with the `difference` of the times and those of the `PACES`.
    `shared` is a variance that all differences of a link have in common: 0 for measured
    differences.
    """
    measures = {"difference": "mean_s"} | {name: f"{name}_s" for name in PACES}
    logs = turns[[*KEY, "round"]].assign(
        **{name: np.log(turns[column]) for name, column in measures.items()}
    )
    before, after = (
        links.merge(logs.rename(columns={"environment": side}), on=[*SUBJECT, side])
        for side in LINK
    )
    both = before.merge(after, on=[*SUBJECT, *LINK, "round"], suffixes=("_before", "_after"))
    for name in measures:
        both[name] = both[f"{name}_after"] - both[f"{name}_before"]
    return both[[*SUBJECT, *LINK, "round", *measures]].assign(shared=0.0)


def steadied(rounds: pd.DataFrame) -> pd.DataFrame:
    """Take the effect of the machine's pace out of each difference, by format, API and cache.

    The paces are control variates (Lavenberg and Welch, A Perspective on the Use of Control
    Variables, Management Science 27(3), 1981). Their expected value is their mean over a link, and
    not 0: a process may have its memory in pages where the same work takes longer, and each release
    leaves other data in the caches. `shared` is the variance that follows from estimating this
    mean.
    """
    parts = [_steadied(group) for _, group in rounds.groupby(["format", "api", "cache"], sort=True)]
    return pd.concat(parts).sort_index() if parts else rounds


def _steadied(rounds: pd.DataFrame) -> pd.DataFrame:
    links = [rounds[side] for side in LINK]
    slower = rounds[PACES] - rounds.groupby(LINK)[PACES].transform("mean")
    longer = pd.Series(slower.to_numpy() @ pace_shares(rounds), index=rounds.index)
    by_link = longer.groupby(links)
    shared = by_link.transform("var").fillna(0.0) / by_link.transform("size")
    return rounds.assign(difference=rounds["difference"] - longer, shared=shared)


def pace_shares(rounds: pd.DataFrame) -> Array:
    """Return for each of the `PACES` the part of its change by which a time changes."""
    columns = ["difference", *PACES]
    changes = rounds[columns] - rounds.groupby([*SUBJECT, *LINK])[columns].transform("mean")
    shares, *_ = np.linalg.lstsq(
        changes[PACES].to_numpy(), changes["difference"].to_numpy(), rcond=None
    )
    return np.asarray(shares, dtype=float)
