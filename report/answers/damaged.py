"""Collect the messages that only damaged files ended with.

The error index is made of the cells. The corruption campaign loads damaged files beside the matrix,
and some of their messages occur in no cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from report.answers.wording import gapped
from report.read.cells import Results, in_format_order
from report.writing.numbers import number
from results.error_index import OTHER

if TYPE_CHECKING:
    from report.read.corruption import Corruption

REFUSED = ("refused_damaged", "refused_misleading")
LOOK = (
    "Is the file whole? Compare its size and checksum with the original's. "
    "Copy or download it again."
)


@dataclass(frozen=True)
class Wording:
    """A message, the count of damaged files that ended with it, and their formats and releases.

    Messages that differ only in the names and numbers that they quote count as one.
    """

    error_type: str
    error_message: str
    files: int
    formats: tuple[str, ...]
    environments: tuple[str, ...]

    @property
    def error(self) -> str:
        """The exception's class without its module."""
        return self.error_type.rpartition(".")[2]

    @property
    def cell(self) -> str:
        """A sort key for messages of equal likeness; damaged files have no cell's id."""
        return f"{self.error}: {self.error_message}"


def messages_of_damaged_files(results: Results, corruption: Corruption | None) -> list[Wording]:
    """Return the messages whose entry no cell has, those of most files first."""
    if corruption is None:
        return []
    entries = {cell.error_family for cell in results.cells} - {OTHER}
    files = corruption.files[corruption.files["end"].isin(REFUSED)]
    files = files[~files["error_family"].isin(entries)]
    groups = files.groupby(["error_type", files["error_message"].map(gapped)])
    wordings = [
        Wording(
            error_type=str(kind),
            error_message=str(min(group["error_message"])),
            files=len(group),
            formats=tuple(in_format_order(group["format"].unique())),
            environments=tuple(sorted(group["environment"].unique())),
        )
        for (kind, _), group in groups
    ]
    return sorted(wordings, key=lambda wording: (-wording.files, wording.cell))


def occurrence(results: Results, wording: Wording) -> str:
    """Say how many damaged files ended with a message, in which formats and releases."""
    releases = results.releases
    return (
        f"{number(wording.files)} damaged file{'s' * (wording.files > 1)} ended with it: "
        f"{', '.join(wording.formats)}, in {releases.product} "
        f"{releases.intervals(wording.environments)}."
    )
