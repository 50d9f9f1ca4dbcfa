"""Read the loads of forged files: the cells of the scenario `hostile`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from report.read.cells import Cell, DataError, Results
from results import storage
from results.contract.cells import CELLS, FAILED
from results.releases import Releases

SCENARIO = "hostile"
LOADED = (*FAILED, "equal", "different")
"""The outcomes of a load that took place."""
OLDER, OLDER_ORIGIN = "hostile.csv", "hostile_provenance.json"
"""The table of forged files from before they were cells, and its origin."""


@dataclass(frozen=True)
class Hostile:
    """The loads that took place, the declaration of their scenario, and the origin of both.

    `table` is the published file of the loads, `commit` the code that measured them.
    """

    loads: Sequence[Cell]
    declared: Mapping[str, Any]
    table: str
    commit: str

    @cached_property
    def releases(self) -> Releases:
        """The environments that loaded forged files."""
        return Releases.of(cell.loaded_with for cell in self.loads)


def read(results: Results, folder: Path) -> Hostile | None:
    """Return the loads of forged files that are published in a folder; None without any."""
    if SCENARIO not in results.scenarios:
        return _older(folder) if (folder / OLDER_ORIGIN).exists() else None
    declared = results.declared("scenario").get(SCENARIO, {})
    commit = results.provenance.get("git_commit") or ""
    return Hostile(_loads(results.scenarios[SCENARIO]), declared, "cells.csv", commit)


def _loads(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.outcome in LOADED]


# --- The older table. It goes, and this with it, when a run is published that has these cells.


def _older(folder: Path) -> Hostile:
    """Read the older table as cells; raise `DataError` for a file that cannot be read."""
    path = folder / OLDER_ORIGIN
    try:
        origin = json.loads(path.read_text("utf-8"))
        path = folder / OLDER
        cells = [_cell(row) for row in storage.read_csv(path)]
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: {error}. Publish a run that forges files.") from None
    return Hostile(_loads(cells), origin["config"], OLDER, origin["git_commit"] or "")


def _cell(row: Mapping[str, str]) -> Cell:
    effects = {
        "code_at_load": row["ran"] == "load",
        "code_in_use": row["ran"] == "use",
        "file_written": row["wrote"] == "yes",
        "file_read": row["read"] == "yes",
    }
    known = {name: row[name] for name in ("case", "format", "api", "outcome")}
    known |= {"scenario": SCENARIO, "loaded_with": row["environment"]}
    known["effects"] = "+".join(name for name, seen in effects.items() if seen)
    return Cell(**dict.fromkeys(CELLS.names, "") | known)
