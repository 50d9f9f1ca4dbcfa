"""Choose the environments that are compared with one another.

Each release is compared with the release before it, each variant with its release, each control
with the environment that it repeats. Some formats exist in some environments only, so the partner
is chosen among the environments in which the same load or save was timed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.timings.statistics.subjects import LINK, SUBJECT
from results.releases import natural


@dataclass(frozen=True)
class Relations:
    """How the timed environments belong together.

    `releases` maps each environment to the release of which it is a variant, None for a release.
    `controls` maps each control to the environment that it repeats, `slower` to the part by which
    its loads were made slower.
    """

    releases: Mapping[str, str | None]
    controls: Mapping[str, str]
    slower: Mapping[str, float]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Relations:
        """Return the relations in the settings of a session, as its provenance has them."""
        environments, controls = config["environment"], config["controls"]
        return cls(
            {name: environment["variant_of"] for name, environment in environments.items()},
            {name: control["environment"] for name, control in controls.items()},
            {name: control["slower"] for name, control in controls.items()},
        )


def pairs(names: Iterable[str], relations: Relations) -> Iterator[tuple[str, str]]:
    """Pair each name with the environment that it follows, earlier releases first."""
    timed = set(names)
    environments = sorted(timed & set(relations.releases), key=natural)
    releases = [name for name in environments if relations.releases[name] is None]
    for number, name in enumerate(environments):
        release = relations.releases[name]
        earlier = environments[:number] if release else releases[: releases.index(name)]
        before = release if release in timed else next(reversed(earlier), None)
        if before:
            yield before, name
    for name in sorted(timed & set(relations.controls)):
        if relations.controls[name] in timed:
            yield relations.controls[name], name


def links(turns: pd.DataFrame, relations: Relations) -> pd.DataFrame:
    """Return the comparisons: a row for each load or save and pair of environments."""
    environments = turns.groupby(SUBJECT)["environment"].unique()
    linked = environments.map(lambda names: list(pairs(names, relations))).explode().dropna()
    table = pd.DataFrame(linked.tolist(), index=linked.index, columns=LINK)
    return table.reset_index()
