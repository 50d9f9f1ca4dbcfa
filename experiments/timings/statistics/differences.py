"""By how much do linked environments differ in each round, and what is that round worth?

Everything is reckoned on the logarithm of times, because noise and change are parts of a time.

Environments are compared by the rounds that they share, so that what drifts, and what the order of
a round does to all of them alike, is no part of the difference. Nor is what the machine's pace does
to a call (`steadied`): it is known from work that is the same in all environments. And rounds in
which a model's times wavered in many environments say less than calm ones (`weighed`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.timings.statistics.moderation import moderated
from experiments.timings.statistics.neighbours import LINK
from experiments.timings.statistics.samples import KEY, SUBJECT

Array = npt.NDArray[np.float64]

KIND = ["size", "format", "api", "cache"]
"""What must be shared to be as noisy as one another, give or take."""
PACES = ["pace", "turn_pace"]
"""How fast the machine was directly around the calls, and in their whole turn."""
WITNESSES = 4
"""Other comparisons of a round from which on they tell how it wavered."""
WORTH = 2 / 3
"""How many independent differences one is worth among those of neighbours, which share a turn.

Each is correlated with two others by one half, so that the sum of n squares varies by
1 + 2 · (1/2)² = 3/2 of what that of independent ones would.
"""
PASSES = 2
"""How often rounds are weighed: the second time about means of rounds that have their weight."""


def found(turns: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return the differences of all that is linked, as good as they can be told."""
    return weighed(steadied(paired(turns, links)))


def paired(turns: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Compare what is linked in each round that both took: the logarithm of `after` over `before`.

    A row for each subject, link and round, with the `difference` of the times and of the `PACES`.
    `shared` is the variance that all differences of a link have alike: none, as they were measured.
    `variance` is what is to be expected of a difference in its round, up to a factor: the same for
    all, as they were measured.
    """
    measures = {"difference": "mean_s"} | {name: f"{name}_s" for name in PACES}
    logs = turns[[*KEY, "round"]].assign(**{to: np.log(turns[of]) for to, of in measures.items()})
    sides = [
        links.merge(logs.rename(columns={"environment": side}), on=[*SUBJECT, side])
        for side in LINK
    ]
    both = sides[0].merge(sides[1], on=[*SUBJECT, *LINK, "round"], suffixes=(LINK[0], LINK[1]))
    for name in measures:
        both[name] = both[f"{name}{LINK[1]}"] - both[f"{name}{LINK[0]}"]
    return both[[*SUBJECT, *LINK, "round", *measures]].assign(shared=0.0, variance=1.0)


# --- the pace of the machine


def steadied(rounds: pd.DataFrame) -> pd.DataFrame:
    """Take out of each difference what the machine's pace did to it, by its way to load or save.

    The paces are control variates (Lavenberg and Welch, A Perspective on the Use of Control
    Variables, Management Science 27(3), 1981). What they should be is their mean over all that is
    linked in a way, and not 0: one process has its memory where the same work takes longer, and
    what a load leaves in the caches is another in each release. `shared` is the variance that not
    knowing this mean lays on all differences of a link.
    """
    parts = [_steadied(one) for _, one in rounds.groupby(["format", "api", "cache"], sort=True)]
    return pd.concat(parts).sort_index() if parts else rounds


def _steadied(way: pd.DataFrame) -> pd.DataFrame:
    links = [way[side] for side in LINK]
    slower = way[PACES] - way.groupby(LINK)[PACES].transform("mean")
    longer = pd.Series(slower.to_numpy() @ pace_shares(way), index=way.index)
    by_link = longer.groupby(links)
    shared = by_link.transform("var").fillna(0.0) / by_link.transform("size")
    return way.assign(difference=way["difference"] - longer, shared=shared)


def pace_shares(rounds: pd.DataFrame) -> Array:
    """Return by which part of a change of each of the `PACES` a time changes, round by round."""
    known = rounds[["difference", *PACES]]
    own = known - rounds.groupby([*SUBJECT, *LINK])[["difference", *PACES]].transform("mean")
    shares, *_ = np.linalg.lstsq(own[PACES].to_numpy(), own["difference"].to_numpy(), rcond=None)
    return np.asarray(shares, dtype=float)


# --- the worth of a round


def weighed(rounds: pd.DataFrame) -> pd.DataFrame:
    """Say what `variance` is to be expected of each difference in its round.

    What disturbs a machine comes and goes, and hits a model's turns in many environments. So all
    other comparisons of the same subject and round tell of it, drawn towards what is usual for the
    kind; a comparison's own difference does not, and its mean stays unbiased. After Ritchie et al.,
    Empirical Array Quality Weights in the Analysis of Microarray Data (BMC Bioinformatics 7:261,
    2006), where the many genes of an array tell of its quality.
    """
    for _ in range(PASSES):
        rounds = rounds.assign(variance=_expected(rounds))
    return rounds


def _expected(rounds: pd.DataFrame) -> pd.Series:
    squares = _squares(rounds)
    same_round = squares.groupby([rounds[key] for key in [*SUBJECT, "round"]])
    others = same_round.transform("count") - squares.notna()
    mean = (same_round.transform("sum") - squares.fillna(0.0)) / others
    told = rounds[KIND].assign(variance=mean, df=WORTH * others)[others >= WITNESSES]
    usual = squares.groupby([rounds[key] for key in KIND]).transform("mean").fillna(1.0)
    expected: pd.Series = moderated(told, KIND)["variance"].reindex(rounds.index).fillna(usual)
    return expected


def _squares(rounds: pd.DataFrame) -> pd.Series:
    """Return how far each difference is from the mean of its rounds, squared; NaN of a single one.

    Enlarged by what the mean, being their own, takes from them.
    """
    each, rest = weights(rounds, [*SUBJECT, *LINK])
    away = rounds["difference"] - (each * rounds["difference"]).groupby(rest).transform("mean")
    count = away.groupby(rest).transform("size")
    return (away**2 * count / (count - 1)).where(count > 1)


def weights(rounds: pd.DataFrame, of: list[str]) -> tuple[pd.Series, Any]:
    """Return the weights of rounds, 1 in the mean of those that share `of`, and these groups."""
    groups = [rounds[key] for key in of]
    worth = 1.0 / rounds["variance"]
    return worth / worth.groupby(groups).transform("mean"), groups
