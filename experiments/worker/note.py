"""What does a cell tell its worker while it runs, so that it is known even if the cell dies?

Bytes that both share: the phase that it is in, why it could not even reply, and the calls that it
was seen not to return from.
"""

import mmap

PHASE, FAILURE, CALLS = slice(0, 64), slice(64, 1024), slice(1024, 65536)


class Note(object):
    """Written by the child, read by the worker; empty until then."""

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
        """Write one part, cut off where there is no more room."""
        room = part.stop - part.start
        self._bytes[part] = text.encode("utf-8", "replace")[:room].ljust(room, b"\0")

    def _read(self, part):
        return self._bytes[part].rstrip(b"\0").decode("utf-8", "replace")
