"""Does a process find its memory where the one before it did?

HDF5 reads, in some damaged files, memory that it never filled or that is not its own, and what is
there decides what it says, or whether it dies. What is there are addresses, among others, which
Linux draws anew for each process.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

from experiments.provenance import ADDR_NO_RANDOMIZE

ASK = 0xFFFFFFFF
"""The persona that asks for the present one: personality(2)."""


@contextmanager
def fixed() -> Iterator[bool]:
    """Have what is started inside find its memory at the same addresses; say whether it is granted.

    It is refused in some containers, and unknown outside of Linux.
    """
    persona = getattr(ctypes.CDLL(None), "personality", None)
    before = persona(ctypes.c_ulong(ASK)) if persona else -1
    if persona is None or before == -1:
        yield False
        return
    granted = persona(ctypes.c_ulong(before | ADDR_NO_RANDOMIZE)) != -1
    try:
        yield granted
    finally:
        persona(ctypes.c_ulong(before))
