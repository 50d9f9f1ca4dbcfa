"""Makes the JSON Schemas that stand beside the published tables and documents from the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from results.contract import campaigns, cells, documents, timings
from results.contract.columns import TABLES, schema

DEFINED_IN = (campaigns, cells, timings)
"""The modules whose tables are published; importing them fills `TABLES`."""


def beside(file: str) -> str:
    """Return the name of the schema of a published file."""
    return f"{PurePath(file).stem}.schema.json"


def schema_of(file: str) -> Mapping[str, Any]:
    """Return the JSON Schema of a table or a document."""
    return schema(TABLES[file]) if file in TABLES else documents.schema(file)


def schemas() -> dict[str, str]:
    """Return the text of every JSON Schema by its file name."""
    return {
        beside(file): json.dumps(schema_of(file), indent=2, ensure_ascii=False) + "\n"
        for file in sorted([*TABLES, *documents.DOCUMENTS])
    }
