"""What became of damaged files? Read the tables of a published folder, or say what is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from report.read.cells import DataError, in_format_order
from results.releases import Releases

ORIGIN = "corruption_provenance.json"
"""What stands beside the cells where files were damaged."""
ENDS = {
    "refused_damaged": "rejected as damaged",
    "refused_misleading": "rejected with a misleading message",
    "right": "loads as saved",
    "wrong": "silently wrong",
    "crash": "the process dies",
    "hang": "never returns",
    "out_of_memory": "out of memory",
    "varies": "not the same each time",
}
"""The ends of a damaged file, in the order of the page."""
NO_ANSWER = ("crash", "hang", "out_of_memory", "varies")
FLIPPED = ("bit", "byte", "zero", "swap")
"""Damage that leaves a file as long as it was."""
CUT = ("cut", "boundary")
DATA = "tensor_data"


@dataclass(frozen=True)
class Corruption:
    """The counts, the files one by one, and where they come from."""

    counts: pd.DataFrame
    files: pd.DataFrame
    origin: Mapping[str, Any]
    reports: Mapping[str, int]
    """How many failures were reported, and how many of them come from a damaged file."""

    @cached_property
    def releases(self) -> Releases:
        """The environments in which files were damaged."""
        return Releases.of(self.counts["environment"].unique())

    @cached_property
    def formats(self) -> list[str]:
        """The formats, in the order of the contract."""
        return in_format_order(self.counts["format"].unique())


def there(folder: Path) -> bool:
    """Say whether a folder tells of damaged files."""
    return (folder / ORIGIN).exists()


def read(folder: Path) -> Corruption:
    """Read the tables of a folder; raise `DataError` for what cannot be read."""
    place = folder / ORIGIN
    try:
        origin = json.loads(place.read_text("utf-8"))
        place = folder / "corruption.csv"
        counts = pd.read_csv(place)
        place = folder / "corruption_files.parquet"
        files = pd.read_parquet(place)
    except (OSError, ValueError) as error:
        again = "Publish the corruption campaign again."
        raise DataError(f"{place}: {error}. {again}") from None
    for name in files.select_dtypes("category").columns:
        files[name] = files[name].astype(str)
    return Corruption(counts, files, origin, _reports(folder / "provenance.json"))


def _reports(path: Path) -> dict[str, int]:
    """Count the failures that are declared beside the cells; nothing where there are none."""
    if not path.exists():
        return {}
    declared = json.loads(path.read_text("utf-8"))["config"].get("report", {})
    causes = [one["causes"] for topic in declared.values() for one in topic["reports"].values()]
    damaged = sum("corrupted_file" in one for one in causes)
    return {"all": len(causes), "damaged": damaged} if causes else {}
