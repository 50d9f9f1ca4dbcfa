"""Find the releases in which a load became faster or slower, beyond noise.

Each release is compared with the release before it, each variant with its release (`neighbours`),
by kinds of models, over their sizes. Many comparisons would show a difference by chance. The
changes are therefore held to a share of 5 % of false discoveries over all comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy import stats

from experiments.timings.statistics import estimates
from experiments.timings.statistics.subjects import LINK, WAY
from results.releases import natural

FALSE = 0.05
"""The share of false discoveries among the changes."""
SEPARATE = 0.01
"""The smallest relative difference of two files that counts as another size."""
STEP = [*LINK, *WAY]
"""The columns that identify a comparison."""
COLUMNS = [*STEP, "sizes", "rounds", "ratio", "low", "high", "p", "q", "changed"]
VERSIONS = ("python", "tensorflow", "keras", "h5py", "hdf5", "numpy", "protobuf")


def changes(compared: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each comparison, and whether it counts as a change.

    `ratio` is the time after over the time before, `low` and `high` its 95 % interval, `q` the
    smallest share of false discoveries at which the comparison counts.
    """
    if compared.empty:
        return pd.DataFrame(columns=COLUMNS)
    width, p = estimates.reach(compared), estimates.p_values(compared)
    q = stats.false_discovery_control(p)
    table = compared.assign(
        ratio=np.exp(compared["difference"]),
        low=np.exp(compared["difference"] - width),
        high=np.exp(compared["difference"] + width),
        p=p,
        q=q,
        changed=q < FALSE,
    )
    return table[COLUMNS].sort_values(LINK, kind="stable", key=_natural)


def _natural(names: pd.Series) -> pd.Series:
    ranks = {name: rank for rank, name in enumerate(sorted(set(names), key=natural))}
    return names.map(ranks)


def reasons(
    table: pd.DataFrame, rows: pd.DataFrame, versions: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Name the differences between the environments of each row of a table of `changes`.

    The size of the files comes first, then the installed versions. Only sizes of models that both
    environments have are compared, because a release may be timed with a larger model than the
    next.
    """
    files = rows.pivot(index=["environment", *WAY], columns="size", values="file_bytes")
    for row in table.itertuples():
        way = tuple(getattr(row, key) for key in WAY)
        both = files.loc[[(name, *way) for name in (row.before, row.after)]].dropna(axis="columns")
        before, after = both.sum(axis="columns")
        installed = [versions[str(name)] for name in (row.before, row.after)]
        differences = [
            f"{package} {installed[0][package]} to {installed[1][package]}"
            for package in VERSIONS
            if installed[0].get(package, "") != installed[1].get(package, "")
        ]
        if abs(after / before - 1) > SEPARATE:
            differences.insert(0, f"files {before:.0f} to {after:.0f} bytes")
        yield "; ".join(differences)
