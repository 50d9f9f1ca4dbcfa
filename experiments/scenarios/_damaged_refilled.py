"""A damaged file is loaded where fresh memory holds something else, as `fill` of the request says.

What HDF5 says of it only because of what it read there comes out otherwise here; and what took all
memory because all of it was filled does not.
"""

import ctypes

from experiments.scenarios import _damaged

M_PERTURB = -6
"""Names, in the GNU C library's malloc.h, the byte that freed memory is filled with; what is handed
out is filled with the byte's complement. 0 fills nothing."""


class Scenario(_damaged.Scenario):
    """Damages the file as `_damaged` does."""

    def prepare(self, path, cell):
        path = super(Scenario, self).prepare(path, cell)
        if not ctypes.CDLL(None).mallopt(M_PERTURB, cell["fill"]):
            raise OSError("the C library fills memory as before")
        return path
