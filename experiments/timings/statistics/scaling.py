"""Fit how time and memory grow with a model.

For each environment, format and API, the exponent `b` of `y ~ x ** b` is fitted to the sizes of
each kind of model by least squares on logarithms. The mean exponent and its 95 % interval
(Student's t) are taken over the kinds of models. Parameters, layers and bytes grow together, so the
exponents against them are three views of one growth, not three causes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from experiments.timings.statistics.estimates import LEVEL
from experiments.timings.statistics.subjects import WARM

LOAD = ["environment", "format", "api"]
AGAINST = ("parameters", "layers", "file_bytes")
MEASURES = ("median_s", "peak_over_floor_bytes")
FEWEST = 3
"""The fewest sizes of a kind of model, and the fewest kinds, for a fit."""


def exponents(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each environment, format, API, measure, and column that grows with it."""
    loads = rows[rows["api"].str.startswith("load") & (rows["cache"] == WARM)]
    fits = [
        dict(zip(LOAD, key, strict=True)) | fit
        for key, group in loads.groupby(LOAD)
        for fit in _fits(group)
    ]
    return pd.DataFrame(fits)


def _fits(loads: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for measure in MEASURES:
        for against in AGAINST:
            slopes = [
                slope
                for _, family in loads.groupby("family")
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
    """Return the exponent of one kind of model; None if it does not grow or cannot be fitted."""
    points = pd.DataFrame({"x": x, "y": y}).dropna()
    points = points[(points["x"] > 0) & (points["y"] > 0)]
    if len(points) < FEWEST or points["x"].nunique() < FEWEST:
        return None
    return float(stats.linregress(np.log(points["x"]), np.log(points["y"])).slope)
