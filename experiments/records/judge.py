"""Judges published cells anew, without measuring them: the command `publish judged`.

A new wording of an error, a claim, a report or a scenario's question needs no run: every message
is looked up in the error index again, and the declarations are copied into the provenance. The
sources of the standalone scripts stay those that measured the cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from experiments.config import compose
from experiments.config.schema import Config
from experiments.records import messages, publish
from experiments.run import store
from results import storage
from results.contract.cells import CELLS
from results.error_index import ErrorIndex


def publish_judged(words: Sequence[str], console: Console) -> int:
    """Judge the published cells anew and rebuild the report."""
    judge(compose.load(words), publish.PUBLISHED)
    return publish.rebuild("Judged", console)


def judge(config: Config, published: Path) -> None:
    """Derive every column that follows from others; later runs fill the columns that are new."""
    before = publish.cells_of(published)
    index = ErrorIndex({name: entry.pattern for name, entry in config.error.items()})
    rows = [
        dict.fromkeys(CELLS.names, "")
        | row
        | {
            "error_family": index.entry(row["error_type"], row["error_message"]),
            "max_abs_diff": messages.difference(
                float(row["max_abs_diff"]) if row["max_abs_diff"] else None
            ),
        }
        for row in publish.published_rows(published)
    ]
    storage.write_bytes(published / "cells.csv", storage.to_csv(CELLS.names, rows))
    storage.write_bytes(published / "cells.parquet", storage.to_parquet(CELLS, rows))
    path = published / publish.CELLS.origin
    origin = store.read_json(path)
    origin["config"] |= config.model_dump(mode="json", include={"error", "claim", "report"})
    for name, scenario in origin["config"].get("scenario", {}).items():
        if name in config.scenario:
            scenario["question"] = config.scenario[name].question
    origin["files"] = {name: storage.digest(published / name) for name in origin["files"]}
    storage.write_json(path, origin)
    publish.note_history(before, published)
    publish.describe(published)
