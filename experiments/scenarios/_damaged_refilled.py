"""A damaged file is loaded where memory holds something else, as `fill` of the request says.

What HDF5 says of it only because of what it read there comes out otherwise here. With 0 nothing is
filled: what took all memory because all of it was filled does not.
"""

import ctypes
import random

from experiments.scenarios import _damaged

M_PERTURB = -6
"""Names, in the GNU C library's malloc.h, the byte that freed memory is filled with; what is handed
out is filled with the byte's complement. 0 fills nothing."""
PIECES = 4000
LENGTHS = (24, 40, 56, 72, 104, 136, 200, 264, 520, 1032, 2056, 4104)
"""Bytes of the pieces that are strewn about: what HDF5 asks for while it opens a small file."""


class Scenario(_damaged.Scenario):
    """Damages the file as `_damaged` does."""

    def prepare(self, path, cell):
        path = super(Scenario, self).prepare(path, cell)
        library = ctypes.CDLL(None)
        if not library.mallopt(M_PERTURB, cell["fill"]):
            raise OSError("the C library fills memory as before")
        if cell["fill"]:
            _strew(library, cell["fill"])
        return path


def _strew(library, fill):
    """Take many pieces of memory, fill them, and give back every other one.

    What is asked for next comes to lie between two that are kept, so that what lies past its end
    holds that byte too.
    """
    library.malloc.restype = ctypes.c_void_p
    library.malloc.argtypes = [ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    draw = random.Random(fill)
    pieces = []
    for _ in range(PIECES):
        length = draw.choice(LENGTHS)
        pieces.append(library.malloc(length))
        ctypes.memset(pieces[-1], fill, length)
    for piece in pieces[::2]:
        library.free(piece)
