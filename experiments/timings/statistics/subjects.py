"""Name the columns that identify a timed load or save, and the comparisons of two environments.

A *kind of model* is a value of the column `family`: models of one structure in several sizes.
"""

from __future__ import annotations

WARM, COLD = "warm", "cold"
"""Values of `cache`: the file is in the page cache, or its pages were evicted."""

SUBJECT = ["family", "size", "format", "api", "cache"]
"""A load or a save of one model, in any environment."""
KEY = ["environment", *SUBJECT]
"""A load or a save of one model in one environment: a row of `timings.csv`."""
WAY = ["family", "format", "api", "cache"]
"""A way to load or to save a kind of model, in all its sizes: environments are compared by it."""
LINK = ["before", "after"]
"""The two environments of a comparison."""

Subjects = frozenset[tuple[str, ...]]
"""Loads and saves, each a tuple of the values of `SUBJECT`."""


def case(family: str, size: str) -> str:
    """Return the name of a model in published tables."""
    return f"{family}-{size}"
