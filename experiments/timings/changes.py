"""In which release did a load become faster or slower, beyond noise?

Each release is compared with the one before it, each variant with its release, in all that both
were timed in. So many comparisons would find something by chance: what counts as changed is held to
a share of 5 % of false discoveries over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from experiments.composing import natural
from experiments.config import Environment
from experiments.timings import estimates
from experiments.timings.samples import KEY, SUBJECT

FALSE = 0.05
"""Share of the changes that may be none."""
SEPARATE = 0.01
"""The part by which files differ at least to be called another size."""
VERSIONS = ("python", "tensorflow", "keras", "h5py", "hdf5", "numpy", "protobuf")


def steps(
    environments: Mapping[str, Environment], names: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Pair each release with its successor, and each variant with the release that it is of."""
    timed = sorted(set(names) & set(environments), key=natural)
    releases = [name for name in timed if environments[name].variant_of is None]
    yield from pairwise(releases)
    for name in timed:
        behind = environments[name].variant_of
        if behind in timed:
            yield behind, name


def changes(
    turns: pd.DataFrame,
    rows: pd.DataFrame,
    pairs: Iterable[tuple[str, str]],
    between: float,
    versions: Mapping[str, Mapping[str, str]],
) -> pd.DataFrame:
    """Compare each pair of environments; a row for each thing that both were timed in.

    `ratio` is the time after over the time before, `low` and `high` its 95 % interval, `q` the
    share of false discoveries at which it would count, `reason` what else is known to differ.
    """
    found = [
        estimates.paired(turns, before, after).assign(before=before, after=after)
        for before, after in pairs
    ]
    compared = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    if compared.empty:
        return compared
    width = stats.t.ppf((1 + estimates.LEVEL) / 2, compared["rounds"] - 1) * np.sqrt(
        compared["error"] ** 2 + between**2
    )
    compared["ratio"] = np.exp(compared["difference"])
    compared["low"] = np.exp(compared["difference"] - width)
    compared["high"] = np.exp(compared["difference"] + width)
    compared["p"] = estimates.p_values(compared, between)
    compared["q"] = stats.false_discovery_control(compared["p"])
    compared["changed"] = compared["q"] < FALSE
    compared["reason"] = list(_reasons(compared, rows, versions))
    columns = ["before", "after", *SUBJECT, "rounds", "ratio", "low", "high", "p", "q", "changed"]
    return compared[[*columns, "reason"]]


def _reasons(
    compared: pd.DataFrame, rows: pd.DataFrame, versions: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Name what differs between the environments: the file's size first, then what is installed."""
    sizes = rows.set_index(KEY)["file_bytes"]
    for row in compared.itertuples():
        subject = tuple(getattr(row, key) for key in SUBJECT)
        before, after = (sizes.get((name, *subject)) for name in (row.before, row.after))
        known = [versions[str(name)] for name in (row.before, row.after)]
        said = [
            f"{package} {known[0][package]} to {known[1][package]}"
            for package in VERSIONS
            if known[0].get(package, "") != known[1].get(package, "")
        ]
        if before and after and abs(after / before - 1) > SEPARATE:
            said.insert(0, f"file {before:.0f} to {after:.0f} bytes")
        yield "; ".join(said)
