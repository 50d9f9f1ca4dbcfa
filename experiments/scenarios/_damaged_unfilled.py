"""A damaged file is loaded where the C library does not fill the memory that it hands out.

To fill memory is to take it, also where a load would only have asked for it: what took all memory
in `_damaged` ends here as it does for everyone.
"""

import ctypes

from experiments.scenarios import _damaged

M_PERTURB = -6
"""By which malloc.h of the GNU C library names the byte that memory is filled with; 0 is none."""


class Scenario(_damaged.Scenario):
    """Damages the file as `_damaged` does."""

    def prepare(self, path, cell):
        path = super(Scenario, self).prepare(path, cell)
        if not ctypes.CDLL(None).mallopt(M_PERTURB, 0):
            raise OSError("the C library goes on filling memory")
        return path
