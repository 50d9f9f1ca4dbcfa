"""What do the variances of many alike tell of each of them?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import optimize, special

FEWEST = 8
"""Variances of a kind from which on they say something of one another."""
LEAST = 1e-12
"""A variance of logarithms below which it counts as this."""
MANY = 1e6
"""Degrees of freedom that stand for infinitely many."""


def moderated(table: pd.DataFrame, kind: list[str]) -> pd.DataFrame:
    """Draw each `variance` towards those of its kind; adjust it and its degrees of freedom, `df`.

    Variances of a kind are taken to be spread about a common one as a scaled inverse chi-square;
    both are estimated by moments of their logarithms (Smyth, Linear Models and Empirical Bayes
    Methods, Statistical Applications in Genetics and Molecular Biology 3(1), 2004, section 6.2).
    """
    parts = [_moderated(one) for _, one in table.groupby(kind, sort=True)]
    return pd.concat(parts).sort_index() if parts else table


def _moderated(kind: pd.DataFrame) -> pd.DataFrame:
    if len(kind) < FEWEST:
        return kind
    own, df = kind["variance"].clip(lower=LEAST), kind["df"]
    logs = np.log(own) - special.digamma(df / 2) + np.log(df / 2)
    beyond = float(logs.var(ddof=1) - special.polygamma(1, df / 2).mean())
    prior = 2 * _trigamma_inverse(beyond) if beyond > 0 else MANY
    shift = float(special.digamma(prior / 2) - np.log(prior / 2))
    common = float(np.exp(logs.mean() + shift))
    total = df + prior
    return kind.assign(variance=(prior * common + df * own) / total, df=total.clip(upper=MANY))


def _trigamma_inverse(value: float) -> float:
    """Return the x at which the trigamma function, which falls, has a value."""
    bounds = 1e-6, MANY
    low, high = (float(special.polygamma(1, bound)) for bound in reversed(bounds))
    if not low < value < high:
        return bounds[0] if value >= high else bounds[1]
    return float(optimize.brentq(lambda x: float(special.polygamma(1, x)) - value, *bounds))
