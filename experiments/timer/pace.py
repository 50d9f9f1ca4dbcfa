"""Measure the pace of the machine around a call.

A machine that is shared can be a third slower for a second or a minute, and a call is slower too.
The pace is the time of a fixed piece of work, directly before and after each call. The C library
sorts strings, and the kernel provides pages and takes them back, as it does for a load. The work is
the same machine code in every environment.
"""

import ctypes
import mmap
import random

from experiments.timer.stopwatch import timed

STRINGS, WIDTH = 7000, 16
"""The number of sorted strings and the bytes of each: two milliseconds, within most caches."""
PAGES = 2 << 20
"""The bytes that are written to new pages: two further milliseconds."""


class Pace(object):
    """Measures the machine's pace around calls."""

    def __init__(self):
        size = STRINGS * WIDTH
        text = bytearray(random.Random(1).getrandbits(8 * size).to_bytes(size, "little"))
        text[WIDTH - 1 :: WIDTH] = bytes(STRINGS)  # the NUL at the end of each
        self._strings, self._sorted = bytes(text), ctypes.create_string_buffer(size)
        self._content = bytes(PAGES)
        self._library = ctypes.CDLL(None)
        self._compare = ctypes.cast(self._library.strcmp, ctypes.c_void_p)

    def look(self):
        """Return the seconds of the fixed work."""
        ctypes.memmove(self._sorted, self._strings, len(self._strings))
        return timed(self._work)[0]

    def _work(self):
        lengths = ctypes.c_size_t(STRINGS), ctypes.c_size_t(WIDTH)
        self._library.qsort(self._sorted, *(lengths + (self._compare,)))
        pages = mmap.mmap(-1, PAGES)
        pages.write(self._content)
        pages.close()

    def around(self, call, slower=0.0):
        """Time a call as `timed` does; return its seconds, the mean pace, and its value."""
        before = self.look()
        spent, value = timed(call, slower)
        return spent, (before + self.look()) / 2, value
