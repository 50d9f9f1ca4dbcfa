"""Which loads get a further round, once every one has had its share?

Those of families that are not stable yet, in all sizes, because a family is judged by the mean over
them. Where the budget cannot make all of them stable, the cheapest come first: by the seconds that
each row costs until it is stable. Where it can make none of them stable, all of them share what is
left of it.
"""

from __future__ import annotations

import pandas as pd

from experiments.timings.statistics.estimates import WAY
from experiments.timings.statistics.samples import SUBJECT

Subjects = frozenset[tuple[str, ...]]
"""What is timed, each as its family, size, format, API and cache."""


def further(turns: pd.DataFrame, rows: pd.DataFrame, spent_s: float, left_s: float) -> Subjects:
    """Return what is timed in the next round: nothing if every row is stable.

    `spent_s` are the seconds that the `turns` took, all in all, `left_s` those of the budget that
    are left.
    """
    wide = rows[rows["rounds_needed"] != 0].groupby(WAY)["rounds_needed"]
    if not len(wide):
        return frozenset()
    # What a turn takes beside its loads, such as to build the model, is laid on all loads alike.
    share = spent_s / turns["spent_s"].sum()
    seconds = share * turns.groupby([*WAY, "round"])["spent_s"].sum().groupby(WAY).mean()
    needed = pd.DataFrame({"rows": wide.size(), "rounds": wide.median()})
    needed["seconds"] = seconds * needed["rounds"]
    reachable = needed[needed["rounds"] > 0]
    order = (reachable["seconds"] / reachable["rows"]).sort_values(kind="stable").index
    fits = reachable.loc[order, "seconds"].cumsum() <= left_s
    wanted = order[fits] if fits.any() else needed.index
    subjects = rows.set_index(WAY)[["size"]].loc[wanted].reset_index()
    return frozenset(subjects[SUBJECT].itertuples(index=False, name=None))
