"""A damaged file is loaded where memory holds something else, as `fill` of the request says.

What HDF5 says of it only because of what it read there comes out otherwise here. With 0 nothing is
filled: what took all memory because all of it was filled does not.
"""

import ctypes
import random

from experiments.scenarios import _damaged

M_PERTURB = -6
"""Names, in the GNU C library's malloc.h, the byte that freed memory is filled with; what is handed
out is filled with its complement. 0 fills nothing; of larger numbers the low byte counts."""
PIECES = (
    *((length, 400) for length in range(24, 264, 16)),
    *((length, 100) for length in range(264, 1032, 16)),
    *((length, 20) for length in range(1032, 8712, 512)),
    *((length, 6) for length in range(8712, 70000, 4096)),
)
"""Bytes of the pieces that are strewn about, and how many of each: of every length that the C
library keeps apart, and more than a small model and its file take of them."""
GAPS = 2
"""How often as many are taken before, so that no gap is left among what is older."""
FAR = 120
"""How many of the longest are kept after them: HDF5, where it does not know a global heap's length,
looks an index up where it would be, megabytes past the end."""


class Scenario(_damaged.Scenario):
    """Damages the file as `_damaged` does."""

    def prepare(self, path, cell):
        path = super(Scenario, self).prepare(path, cell)
        if not ctypes.CDLL(None).mallopt(M_PERTURB, cell["fill"]):
            raise OSError("the C library fills memory as before")
        if cell["api"] != "load_weights":
            _strew(cell["fill"])
        return path

    def rebuild(self, tf, cell):
        # Building takes much of what was strewn before it, and fills it with its own.
        model = super(Scenario, self).rebuild(tf, cell)
        _strew(cell["fill"])
        return model


def _strew(fill):
    """Take many pieces of memory, filled as freed memory is, and give every other one back.

    What is asked for next comes to lie among those that are kept, so that what lies past its end
    holds that byte too.
    """
    if not fill:
        return
    library = ctypes.PyDLL(None)
    take, give = library.malloc, library.free
    take.restype, take.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    give.argtypes = [ctypes.c_void_p]
    once = [length for length, count in PIECES for _ in range(count)]
    draw = random.Random(fill)
    # The C library fills the pieces as it hands them out. Of what it is told it takes the low byte.
    library.mallopt(M_PERTURB, 0x100 | ~fill & 0xFF)
    for lengths in (once * GAPS, once):
        draw.shuffle(lengths)
        pieces = list(map(take, lengths))
    for _ in range(FAR):
        take(max(once))
    library.mallopt(M_PERTURB, fill)
    for piece in pieces[::2]:
        give(piece)
