"""List the downloads with their descriptions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from results import descriptions


@dataclass(frozen=True)
class Download:
    """A file: its name, its description, and its bytes."""

    name: str
    says: str
    content: bytes

    @property
    def size(self) -> str:
        """The size in bytes, kB or MB."""
        count = len(self.content)
        for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
            if count >= unit:
                return f"{count / unit:.1f} {name}"
        return f"{count} B"


def downloads(data: Path) -> list[Download]:
    """Return the files of a published folder and their descriptions, tables first."""
    written = descriptions.describe(data)
    meanings = {
        descriptions.PACKAGE: "All of these files as a Frictionless data package, with units.",
        descriptions.CROISSANT: "The same as JSON-LD, in schema.org's and Croissant's vocabulary.",
        descriptions.MANIFEST: "Checksums of all of these files, for sha256sum --check.",
    }
    order = {".csv": 0, ".parquet": 1, ".json": 2}
    paths = [
        path for path in sorted(data.iterdir()) if path.suffix in order and path.name not in written
    ]
    paths.sort(key=lambda path: (path.name.endswith(".schema.json"), order[path.suffix]))
    files = [Download(path.name, descriptions.says(path), path.read_bytes()) for path in paths]
    described = [Download(name, meanings[name], text.encode()) for name, text in written.items()]
    return [*files, *described]
