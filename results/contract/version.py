"""Holds the versions of the suite and of the data contract."""

from __future__ import annotations

SUITE_VERSION = "0.1.0"
"""Raised by hand when results must not be reused for a reason that the other parts cannot see."""
SCHEMA_VERSION = 1
"""Version of the data contract; raised where a column is renamed or changes its meaning."""
