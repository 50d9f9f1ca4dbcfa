"""Estimate a variance from its own sample and from the variances of its group."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import optimize, special

FEWEST = 8
"""The smallest group whose variances are drawn towards one another."""
LEAST = 1e-12
"""Smaller variances of logarithms count as this."""
MANY = 1e6
"""Degrees of freedom that stand for infinitely many."""


def moderated(table: pd.DataFrame, group: list[str]) -> pd.DataFrame:
    """Draw each `variance` towards its group, and adjust its degrees of freedom `df`.

    The variances of a group are modelled as scaled inverse chi-square around a common variance.
    Both parameters are estimated by moments of the logarithms (Smyth, Linear Models and Empirical
    Bayes Methods, Statistical Applications in Genetics and Molecular Biology 3(1), 2004, section
    6.2).
    """
    parts = [_moderated(rows) for _, rows in table.groupby(group, sort=True)]
    return pd.concat(parts).sort_index() if parts else table


def _moderated(rows: pd.DataFrame) -> pd.DataFrame:
    if len(rows) < FEWEST:
        return rows
    variance, df = rows["variance"].clip(lower=LEAST), rows["df"]
    logs = np.log(variance) - special.digamma(df / 2) + np.log(df / 2)
    excess = float(logs.var(ddof=1) - special.polygamma(1, df / 2).mean())
    prior = 2 * _trigamma_inverse(excess) if excess > 0 else MANY
    shift = float(special.digamma(prior / 2) - np.log(prior / 2))
    common = float(np.exp(logs.mean() + shift))
    total = df + prior
    return rows.assign(variance=(prior * common + df * variance) / total, df=total.clip(upper=MANY))


def _trigamma_inverse(value: float) -> float:
    """Return the x at which the trigamma function, which falls, has a value."""
    bounds = 1e-6, MANY
    low, high = (float(special.polygamma(1, bound)) for bound in reversed(bounds))
    if not low < value < high:
        return bounds[0] if value >= high else bounds[1]
    return float(optimize.brentq(lambda x: float(special.polygamma(1, x)) - value, *bounds))
