"""Which loads get a further round, once every one has had its share?

Those of which a row is not stable yet. Where the budget cannot make all of them stable, the
cheapest come first: by the seconds that each row costs until it is stable. What would not be stable
before the budget is spent anyway gets no more of it.
"""

from __future__ import annotations

import pandas as pd

from experiments.timings.samples import SUBJECT

Subjects = frozenset[tuple[str, ...]]
"""What is timed, each as its family, size, format, API and cache."""


def further(turns: pd.DataFrame, rows: pd.DataFrame, spent_s: float, left_s: float) -> Subjects:
    """Return what is timed in the next round: nothing if every row is stable.

    `spent_s` are the seconds that the `turns` took, all in all, `left_s` those of the budget that
    are left.
    """
    wide = rows[rows["rounds_needed"] > 0].groupby(SUBJECT)["rounds_needed"]
    if not len(wide):
        return frozenset()
    # What a turn takes beside its loads, such as to build the model, is laid on all loads alike.
    share = spent_s / turns["spent_s"].sum()
    rounds = turns.groupby(SUBJECT)["round"].nunique()
    needed = pd.DataFrame({"rows": wide.size(), "rounds": wide.median()})
    needed["seconds"] = share * turns.groupby(SUBJECT)["spent_s"].sum() / rounds * needed["rounds"]
    needed = needed.loc[(needed["seconds"] / needed["rows"]).sort_values(kind="stable").index]
    fits = needed["seconds"].cumsum() <= left_s
    fits.iloc[0] = True
    return frozenset(needed.index[fits])
