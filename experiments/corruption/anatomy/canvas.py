"""Which byte of a file belongs to what? Painted part by part; what is inside goes over it."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import groupby

UNUSED = "unused"
"""What no structure of the file refers to."""


class UnknownStructureError(Exception):
    """Raised where a whole file is not laid out as its format says."""


@dataclass
class Canvas:
    """The bytes of one file and the kind of place that each of them is in."""

    content: bytes
    kinds: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = [UNUSED] * len(self.content)

    def paint(self, kind: str, start: int, length: int) -> None:
        """Say what `length` bytes from `start` on are; raise where the file has no such bytes."""
        if not (start >= 0 and length >= 0 and start + length <= len(self.content)):
            raise UnknownStructureError(f"{kind} from {start} to {start + length} is not there")
        self.kinds[start : start + length] = [kind] * length

    def inset(self, other: Canvas, start: int) -> None:
        """Paint a file that lies inside this one from `start` on."""
        self.kinds[start : start + len(other.kinds)] = other.kinds

    def numbers(self, form: str, at: int) -> tuple[int, ...]:
        """Read little-endian numbers in the form of `struct`."""
        try:
            return struct.unpack_from(f"<{form}", self.content, at)
        except (struct.error, OverflowError):  # past the end, and past what an address can be
            raise UnknownStructureError(f"no {form} at {at}") from None

    def expect(self, signature: bytes, at: int) -> None:
        """Raise unless the signature of a structure is where it should be."""
        found = self.content[at : at + len(signature)]
        if found != signature:
            raise UnknownStructureError(f"{found!r} instead of {signature!r} at {at}")

    def runs(self) -> list[tuple[str, int, int]]:
        """List the stretches of one kind: kind, start, end."""
        found, start = [], 0
        for kind, group in groupby(self.kinds):
            end = start + len(list(group))
            found.append((kind, start, end))
            start = end
        return found
