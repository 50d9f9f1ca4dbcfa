"""Choose the loads and saves that a further round times.

By then every load and save has had the least number of rounds. A way to load or save that is not
stable yet is chosen in all sizes, because it is judged by the mean over the sizes. If the budget
cannot make all of them stable, the cheapest come first, by the seconds that each row costs until it
is stable. If the budget can make none of them stable, all share its rest.
"""

from __future__ import annotations

import pandas as pd

from experiments.timings.statistics.subjects import SUBJECT, WAY, Subjects


def further(
    turns: pd.DataFrame, rows: pd.DataFrame, spent_s: float, remaining_s: float
) -> Subjects:
    """Return the loads and saves of the next round; none if every row is stable.

    `spent_s` are the seconds that the `turns` took in total, `remaining_s` the rest of the budget.
    """
    unstable = rows[rows["rounds_needed"] != 0].groupby(WAY)["rounds_needed"]
    if not len(unstable):
        return frozenset()
    # A turn also builds its model. These seconds are laid on all loads alike.
    share = spent_s / turns["spent_s"].sum()
    seconds = share * turns.groupby([*WAY, "round"])["spent_s"].sum().groupby(WAY).mean()
    costs = pd.DataFrame({"rows": unstable.size(), "rounds": unstable.median()})
    costs["seconds"] = seconds * costs["rounds"]
    reachable = costs[costs["rounds"] > 0]
    order = (reachable["seconds"] / reachable["rows"]).sort_values(kind="stable").index
    fits = reachable.loc[order, "seconds"].cumsum() <= remaining_s
    chosen = order[fits] if fits.any() else costs.index
    subjects = rows.set_index(WAY)[["size"]].loc[chosen].reset_index()
    return frozenset(subjects[SUBJECT].itertuples(index=False, name=None))
