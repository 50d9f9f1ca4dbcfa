"""Reads and checks the timing tables of a published folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from report.read.cells import TIMED, DataError
from results.releases import Releases

TRIAL = "timings_trial.json"
WAY = ("environment", "format", "api")
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "rows": (
        "timings.csv",
        (
            *(*WAY, "case", "cache", "family", "size", "rounds", "parameters", "file_bytes"),
            *("median_s", "ci_low_s", "ci_high_s", "first_s", "floor_s", "ratio_to_floor"),
            *("ratio_low", "ratio_high", "peak_over_floor_bytes", "stable"),
        ),
    ),
    "control": (
        "timings_control.csv",
        (*WAY, "control", "difference", "reach", "p", "slower"),
    ),
    "changes": (
        "timings_changes.csv",
        ("before", "after", "format", "api", "cache", "ratio", "changed", "reason"),
    ),
    "scaling": (
        "timings_scaling.csv",
        (*WAY, "measure", "against", "exponent", "low", "high"),
    ),
    "profile": ("timings_profile.csv", (*WAY, "reading", "building", "assigning", "other")),
    "imports": ("timings_imports.csv", ("environment", "import_s", "cpu_s")),
    "untimed": ("timings_untimed.csv", (*WAY, "outcome", "reason")),
}
"""Each table: its file and the columns that the page needs."""


@dataclass(frozen=True)
class Timings:
    """The timing tables and their provenance."""

    rows: pd.DataFrame
    control: pd.DataFrame
    changes: pd.DataFrame
    scaling: pd.DataFrame
    profile: pd.DataFrame
    imports: pd.DataFrame
    untimed: pd.DataFrame
    origin: Mapping[str, Any]
    trial: Mapping[str, Any]
    """The result of a session with planted slowdowns; empty without such a session."""

    @cached_property
    def releases(self) -> Releases:
        """The environments that were timed."""
        return Releases.of(self.rows["environment"].unique())

    @cached_property
    def loads(self) -> pd.DataFrame:
        """The rows of loads from a warm page cache."""
        loads = self.rows["api"].str.startswith("load")
        return self.rows[loads & (self.rows["cache"] == "warm")]

    @cached_property
    def saves(self) -> pd.DataFrame:
        """The rows of saves."""
        return self.rows[self.rows["api"].str.startswith("save")]

    @cached_property
    def cold(self) -> pd.DataFrame:
        """The rows of loads whose pages had been evicted."""
        return self.rows[self.rows["cache"] == "cold"]

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds of model (column `family`), in alphabetical order."""
        return sorted(self.rows["family"].unique())

    @cached_property
    def sizes(self) -> list[str]:
        """The sizes, smallest first."""
        order = self.rows.groupby("size")["parameters"].median().sort_values()
        return list(order.index)

    def description(self, kind: str) -> str:
        """Describe the models of a kind."""
        return str(self.origin["config"]["family"].get(kind, {}).get("says", kind))


def there(folder: Path) -> bool:
    """Say whether a folder has timings."""
    return (folder / TIMED).exists()


def read(folder: Path) -> Timings:
    """Read and check the timing tables of a folder."""
    content = {key: _table(folder / name, columns) for key, (name, columns) in TABLES.items()}
    trial = _document(folder / TRIAL) if (folder / TRIAL).exists() else {}
    return Timings(**content, origin=_document(folder / TIMED), trial=trial)


def _document(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: {error}. Publish the timings again.") from None
    return content


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        if isinstance(error, pd.errors.EmptyDataError):
            return pd.DataFrame(columns=list(columns))
        raise DataError(f"{path}: {error}. Publish the timings again.") from None
    missing = sorted(set(columns) - set(table))
    if missing:
        raise DataError(f"{path}: no column {', '.join(missing)}. Publish the timings again.")
    return table
