"""What can be downloaded, and what is it?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from results import descriptions


@dataclass(frozen=True)
class Download:
    """A file: its name, what it is, and its bytes."""

    name: str
    says: str
    content: bytes

    @property
    def size(self) -> str:
        """Its size in words."""
        count = len(self.content)
        for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
            if count >= unit:
                return f"{count / unit:.1f} {name}"
        return f"{count} B"


def downloads(data: Path) -> list[Download]:
    """Return the files of a published folder and their descriptions, tables first."""
    written = descriptions.describe(data)
    told = {
        descriptions.PACKAGE: "All of these files as a Frictionless data package, with units.",
        descriptions.CROISSANT: "The same as JSON-LD, in schema.org's and Croissant's vocabulary.",
        descriptions.MANIFEST: "Checksums of all of these files, for sha256sum --check.",
    }
    order = {".csv": 0, ".parquet": 1, ".json": 2}
    files = [path for path in sorted(data.iterdir()) if path.suffix in order]
    files = [path for path in files if path.name not in written]
    files.sort(key=lambda path: (path.name.endswith(".schema.json"), order[path.suffix]))
    found = [Download(path.name, descriptions.says(path), path.read_bytes()) for path in files]
    described = [Download(name, told[name], text.encode()) for name, text in written.items()]
    return [*found, *described]
