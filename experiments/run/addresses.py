"""Gives every process the same memory addresses, because a few outcomes depend on them.

Linux draws the addresses of each process anew. In some damaged files HDF5 reads memory that it
never filled, and that holds addresses. CPython caches the attributes of classes by address. While
an exception is pending, h5py's driver for file objects looks a method up once more, and the cache
decides whether `AttributeError` replaces the exception (`bad_path/no_permission` of tf-2.12).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ADDR_NO_RANDOMIZE = 0x0040000
"""The bit of a process's persona that fixes addresses: personality(2)."""
ASK = 0xFFFFFFFF
"""The argument that returns the present persona: personality(2)."""


@contextmanager
def fixed() -> Iterator[bool]:
    """Fix the addresses of processes that are started inside; yield whether the kernel allows it.

    Some containers refuse it, and systems other than Linux lack it.
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
    """Return the addresses of processes that this process starts: `fixed` or `drawn`."""
    try:
        persona = int(Path("/proc/self/personality").read_text("ascii"), base=16)
    except OSError:
        return "drawn"
    return "fixed" if persona & ADDR_NO_RANDOMIZE else "drawn"
