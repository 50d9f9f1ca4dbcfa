"""Map every byte of a file to the region in which it lies.

A region is a kind of structure: `heap`, `json`, `tensor_data`. It is the column `place` of the
published tables. A file is marked structure by structure, the outer before the inner.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import groupby

UNUSED = "unused"
"""The region of bytes to which no structure of the file refers."""


class UnknownStructureError(Exception):
    """Raised if the layout of an undamaged file is not the one that its format prescribes."""


@dataclass
class ByteMap:
    """The bytes of one file, and for each byte its region."""

    content: bytes
    regions: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.regions = [UNUSED] * len(self.content)

    def mark(self, region: str, start: int, length: int) -> None:
        """Assign `length` bytes from `start` on to a region.

        Raises `UnknownStructureError` if the file ends before.
        """
        end = start + length
        if not (start >= 0 and length >= 0 and end <= len(self.content)):
            raise UnknownStructureError(f"{region} from {start} to {end} is outside of the file")
        self.regions[start:end] = [region] * length

    def embed(self, inner: ByteMap, start: int) -> None:
        """Take over the regions of a file that lies inside this file from `start` on."""
        self.regions[start : start + len(inner.regions)] = inner.regions

    def numbers(self, form: str, offset: int) -> tuple[int, ...]:
        """Read little-endian numbers in the form of `struct`."""
        try:
            return struct.unpack_from(f"<{form}", self.content, offset)
        except (struct.error, OverflowError):  # beyond the file, or larger than any address
            raise UnknownStructureError(f"no {form} at {offset}") from None

    def expect(self, signature: bytes, offset: int) -> None:
        """Raise `UnknownStructureError` unless a structure's signature is at an offset."""
        present = self.content[offset : offset + len(signature)]
        if present != signature:
            raise UnknownStructureError(f"{present!r} instead of {signature!r} at {offset}")

    def runs(self) -> list[tuple[str, int, int]]:
        """List the stretches of bytes that lie in one region: region, start, end."""
        runs, start = [], 0
        for region, group in groupby(self.regions):
            end = start + len(list(group))
            runs.append((region, start, end))
            start = end
        return runs
