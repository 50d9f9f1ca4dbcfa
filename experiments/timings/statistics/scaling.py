"""How do time and memory grow with a model?

For each environment, format and API, the exponent `b` of `y ~ x ** b` is fitted to the sizes of
each family by least squares on logarithms; families are the sample over which its mean and its 95 %
interval (Student's t) are taken. Parameters, layers and bytes of a family grow together, so that
the exponents against them are three views of one growth, not three causes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from experiments.timings.design import WARM
from experiments.timings.statistics.estimates import LEVEL

SUBJECT = ["environment", "format", "api"]
AGAINST = ("parameters", "layers", "file_bytes")
MEASURES = ("median_s", "peak_over_floor_bytes")
FEWEST = 3
"""Sizes of a family, and families, that a fit needs."""


def exponents(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each environment, format, API, measure and what it is held against."""
    loads = rows[rows["api"].str.startswith("load") & (rows["cache"] == WARM)]
    found = [
        dict(zip(SUBJECT, key, strict=True)) | one
        for key, group in loads.groupby(SUBJECT)
        for one in _fits(group)
    ]
    return pd.DataFrame(found)


def _fits(group: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for measure in MEASURES:
        for against in AGAINST:
            slopes = [
                slope
                for _, family in group.groupby("family")
                if (slope := _slope(family[against], family[measure])) is not None
            ]
            if len(slopes) < FEWEST:
                continue
            mean = float(np.mean(slopes))
            reach = float(stats.sem(slopes) * stats.t.ppf((1 + LEVEL) / 2, len(slopes) - 1))
            yield {
                "measure": measure,
                "against": against,
                "exponent": mean,
                "low": mean - reach,
                "high": mean + reach,
                "families": len(slopes),
            }


def _slope(x: pd.Series, y: pd.Series) -> float | None:
    """Return the exponent within one family; None where it does not grow or cannot be fitted."""
    both = pd.DataFrame({"x": x, "y": y}).dropna()
    both = both[(both["x"] > 0) & (both["y"] > 0)]
    if len(both) < FEWEST or both["x"].nunique() < FEWEST:
        return None
    return float(stats.linregress(np.log(both["x"]), np.log(both["y"])).slope)
