"""How fast is the machine just now?

Where others share its processor, it is a third slower for a second or a minute, and so is whatever
is timed meanwhile. A fixed piece of work tells, done directly before and after each call: the C
library sorts strings, and the kernel gives pages and takes them back, as it does for a load. It is
the same machine code in every environment.
"""

import ctypes
import mmap
import random

from experiments.timer.stopwatch import timed

STRINGS, WIDTH = 7000, 16
"""How many strings are sorted, and the bytes of each: two milliseconds, and within most caches."""
PAGES = 2 << 20
"""The bytes that are written to new pages: two milliseconds more."""


class Pace(object):
    """Looks at the machine's pace around calls."""

    def __init__(self):
        size = STRINGS * WIDTH
        text = bytearray(random.Random(1).getrandbits(8 * size).to_bytes(size, "little"))
        text[WIDTH - 1 :: WIDTH] = bytes(STRINGS)  # the NUL at the end of each
        self._strings, self._sorted = bytes(text), ctypes.create_string_buffer(size)
        self._content = bytes(PAGES)
        self._library = ctypes.CDLL(None)
        self._compare = ctypes.cast(self._library.strcmp, ctypes.c_void_p)

    def look(self):
        """Return the seconds that the work takes now."""
        ctypes.memmove(self._sorted, self._strings, len(self._strings))
        return timed(self._work)[0]

    def _work(self):
        lengths = ctypes.c_size_t(STRINGS), ctypes.c_size_t(WIDTH)
        self._library.qsort(self._sorted, *(lengths + (self._compare,)))
        pages = mmap.mmap(-1, PAGES)
        pages.write(self._content)
        pages.close()

    def around(self, call, slower=0.0):
        """Time a call as `timed` does; return its seconds, those of the work, and its value."""
        before = self.look()
        spent, value = timed(call, slower)
        return spent, (before + self.look()) / 2, value
