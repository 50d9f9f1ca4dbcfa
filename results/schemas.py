"""Which schema stands beside each published table? They follow from the contract alone."""

from __future__ import annotations

import json

from results.contract import campaigns, cells, timings
from results.contract.columns import TABLES, schema

DEFINED_IN = (campaigns, cells, timings)
"""The modules whose tables are published; each is imported here so that its tables are known."""


def schemas() -> dict[str, str]:
    """Return the JSON Schema of every table, by file name."""
    return {
        f"{name.removesuffix('.csv')}.schema.json": json.dumps(
            schema(table), indent=2, ensure_ascii=False
        )
        + "\n"
        for name, table in sorted(TABLES.items())
    }
