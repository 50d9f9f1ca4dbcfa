"""Which environments are compared with one another?

Each release with the one before it, each variant with the release that it is of, each control with
what is behind it. Not every format is everywhere: what stands before is looked for among those
environments in which the same thing was timed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from experiments.config.schema import Environment
from experiments.timings.config import Control
from experiments.timings.statistics.samples import SUBJECT
from results.releases import natural

LINK = ["before", "after"]


def pairs(
    names: Iterable[str],
    environments: Mapping[str, Environment],
    controls: Mapping[str, Control],
) -> Iterator[tuple[str, str]]:
    """Pair each of the names, if it can be, with the one that it follows, earlier ones first."""
    there = set(names)
    timed = sorted(there & set(environments), key=natural)
    releases = [name for name in timed if environments[name].variant_of is None]
    for place, name in enumerate(timed):
        behind = environments[name].variant_of
        earlier = timed[:place] if behind else releases[: releases.index(name)]
        before = behind if behind in there else next(reversed(earlier), None)
        if before:
            yield before, name
    for name in sorted(there & set(controls)):
        if controls[name].environment in there:
            yield controls[name].environment, name


def links(
    turns: pd.DataFrame,
    environments: Mapping[str, Environment],
    controls: Mapping[str, Control],
) -> pd.DataFrame:
    """Return for all that was timed what is compared: a row for each subject and pair."""
    where = turns.groupby(SUBJECT)["environment"].unique()
    linked = where.map(lambda names: list(pairs(names, environments, controls))).explode().dropna()
    found = pd.DataFrame(linked.tolist(), index=linked.index, columns=LINK)
    return found.reset_index()
