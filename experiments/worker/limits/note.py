"""Shares a few bytes between a cell and its worker, which can read them even after the cell died.

They hold the phase of the cell, the reason why it could write no reply, and the calls from which
it has not returned.
"""

import mmap

PHASE, FAILURE, CALLS = slice(0, 64), slice(64, 1024), slice(1024, 65536)


class Note(object):
    """Memory that the child writes and the worker reads; empty at first."""

    def __init__(self):
        self._bytes = mmap.mmap(-1, CALLS.stop)

    def phase(self):
        return self._read(PHASE)

    def failure(self):
        return self._read(FAILURE)

    def calls(self):
        """Return the calls, the outermost first."""
        return self._read(CALLS).split("\n") if self._read(CALLS) else []

    def write(self, part, text):
        """Write one part; cut the text to the size of the part."""
        size = part.stop - part.start
        self._bytes[part] = text.encode("utf-8", "replace")[:size].ljust(size, b"\0")

    def _read(self, part):
        return self._bytes[part].rstrip(b"\0").decode("utf-8", "replace")
