"""In which release did a load become faster or slower, beyond noise?

Families are compared, over the sizes of their models: each release with the one before it, each
variant with its release (`neighbours`). So many comparisons would find something by chance: what
counts as changed is held to a share of 5 % of false discoveries over all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy import stats

from experiments.timings.statistics import estimates
from experiments.timings.statistics.estimates import WAY
from experiments.timings.statistics.neighbours import LINK
from results.releases import natural

FALSE = 0.05
"""Share of the changes that may be none."""
SEPARATE = 0.01
"""The part by which files differ at least to be called another size."""
COLUMNS = [
    *(*LINK, *WAY, "sizes", "rounds"),
    *("ratio", "low", "high", "p", "q", "changed", "reason"),
]
VERSIONS = ("python", "tensorflow", "keras", "h5py", "hdf5", "numpy", "protobuf")


def changes(
    compared: pd.DataFrame,
    rows: pd.DataFrame,
    between: float,
    versions: Mapping[str, Mapping[str, str]],
) -> pd.DataFrame:
    """Say of each comparison of a release with the one before it whether something changed.

    `ratio` is the time after over the time before, `low` and `high` its 95 % interval, `q` the
    share of false discoveries at which it would count, `reason` what else is known to differ.
    """
    if compared.empty:
        return pd.DataFrame(columns=COLUMNS)
    found = compared.copy()
    width = estimates.reach(found, between)
    found["ratio"] = np.exp(found["difference"])
    found["low"] = np.exp(found["difference"] - width)
    found["high"] = np.exp(found["difference"] + width)
    found["p"] = estimates.p_values(found, between)
    found["q"] = stats.false_discovery_control(found["p"])
    found["changed"] = found["q"] < FALSE
    found["reason"] = list(_reasons(found, rows, versions))
    return found[COLUMNS].sort_values(LINK, kind="stable", key=_natural)


def _natural(names: pd.Series) -> pd.Series:
    places = {name: place for place, name in enumerate(sorted(set(names), key=natural))}
    return names.map(places)


def _reasons(
    compared: pd.DataFrame, rows: pd.DataFrame, versions: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Name what differs between the environments: the files' size first, then what is installed.

    Files of the sizes that both have: one release may be timed with a larger model than the next.
    """
    files = rows.pivot(index=["environment", *WAY], columns="size", values="file_bytes")
    for row in compared.itertuples():
        way = tuple(getattr(row, key) for key in WAY)
        both = files.loc[[(name, *way) for name in (row.before, row.after)]].dropna(axis="columns")
        before, after = both.sum(axis="columns")
        known = [versions[str(name)] for name in (row.before, row.after)]
        said = [
            f"{package} {known[0][package]} to {known[1][package]}"
            for package in VERSIONS
            if known[0].get(package, "") != known[1].get(package, "")
        ]
        if abs(after / before - 1) > SEPARATE:
            said.insert(0, f"files {before:.0f} to {after:.0f} bytes")
        yield "; ".join(said)
