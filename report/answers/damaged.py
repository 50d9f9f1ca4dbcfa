"""With which messages do damaged files end, and no cell?

The error index is made of the cells; of a message that none of them met, the damaged files may
still know something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from report.answers.wording import gapped
from report.findings.rows import number
from report.read.cells import Results, in_format_order
from results.families import OTHER

if TYPE_CHECKING:
    from report.read.corruption import Corruption

REFUSED = ("refused_damaged", "refused_misleading")
LOOK = (
    "Is the file whole? Compare its size and checksum with the original's. "
    "Copy or download it again."
)


@dataclass(frozen=True)
class Wording:
    """A message, how many damaged files ended with it but for what it quotes, and where."""

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
        """What orders wordings that are equally like: these have no cell."""
        return f"{self.error}: {self.error_message}"


def beyond(results: Results, found: Corruption | None) -> list[Wording]:
    """Return the wordings of families that no cell has, those of most files first."""
    if found is None:
        return []
    known = {cell.error_family for cell in results.cells} - {OTHER}
    files = found.files[found.files["end"].isin(REFUSED)]
    files = files[~files["error_family"].isin(known)]
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
    return sorted(wordings, key=lambda one: (-one.files, one.cell))


def told(results: Results, one: Wording) -> str:
    """Say how many damaged files ended so, and where."""
    releases = results.releases
    return (
        f"{number(one.files)} damaged file{'s' * (one.files > 1)} ended so: "
        f"{', '.join(one.formats)}, in {releases.product} {releases.intervals(one.environments)}."
    )
