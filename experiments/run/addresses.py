"""Does a process find its memory where the one before it did?

Linux draws the addresses of each process anew, and a few outcomes depend on them. HDF5 reads, in
some damaged files, memory that it never filled, which holds addresses. CPython keeps what it finds
in a class in a cache by address, and where an exception is pending while h5py looks a method up
once more, the cache decides whether `AttributeError` takes the exception's place: h5py's driver for
file objects, in `bad_path/no_permission` of tf-2.12.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ADDR_NO_RANDOMIZE = 0x0040000
"""The part of a process's persona that says so: personality(2)."""
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


def kind() -> str:
    """Say where what is started finds its memory: at `fixed` addresses, or at `drawn` ones."""
    try:
        persona = int(Path("/proc/self/personality").read_text("ascii"), base=16)
    except OSError:
        return "drawn"
    return "fixed" if persona & ADDR_NO_RANDOMIZE else "drawn"
