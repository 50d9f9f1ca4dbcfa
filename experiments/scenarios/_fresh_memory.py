"""HDF5 hands out no memory twice: what it gives back goes back to the C library.

In some damaged files it reads memory that it never filled, and what was there before decides what
it says, or whether it dies. The C library fills what it hands out (configs/corruption.yaml), but
HDF5 keeps lists of its own of what it will need again:
https://support.hdfgroup.org/documentation/hdf5/latest/group___h5.html, H5set_free_list_limits
"""

import ctypes
import re

KINDS = 6
"""Of limits: of all lists and of each, for single objects, for arrays and for blocks."""
LIBRARY = re.compile(r"/.*/libhdf5[-.][^/\n]*$", re.MULTILINE)


def keep_none():
    """Have h5py's HDF5 keep no free memory, from now on and in this process."""
    with open("/proc/self/maps") as stream:
        library = ctypes.CDLL(LIBRARY.search(stream.read()).group())
    if library.H5set_free_list_limits(*[0] * KINDS) or library.H5garbage_collect():
        raise OSError("HDF5 does not give its free memory back")
