"""Decide what HDF5 finds in memory that it never filled.

Some damaged files lead HDF5 there; its message, or the death of the process, then depends on what
the memory held before. The C library fills the memory that it hands out (configs/corruption.yaml).
HDF5 keeps lists of its own of memory that it will need again, which escape that:
https://support.hdfgroup.org/documentation/hdf5/latest/group___h5.html, H5set_free_list_limits
"""

import ctypes
import re

KINDS = 6
"""Of limits: of all lists and of each, for single objects, for arrays and for blocks."""
LIBRARY = re.compile(r"/.*/libhdf5[-.][^/\n]*$", re.MULTILINE)
M_PERTURB = -6
"""The parameter of mallopt(3) for the byte that freed memory is filled with; fresh memory gets its
complement. 0 leaves memory as it is."""


def keep_none():
    """Have h5py's HDF5 keep no free memory, from now on and in this process."""
    with open("/proc/self/maps") as stream:
        library = ctypes.CDLL(LIBRARY.search(stream.read()).group())
    if library.H5set_free_list_limits(*[0] * KINDS) or library.H5garbage_collect():
        raise OSError("HDF5 does not give its free memory back")


def fill(byte):
    """Have the C library fill memory with another byte from now on."""
    if not ctypes.CDLL(None).mallopt(M_PERTURB, byte):
        raise OSError("the C library fills memory as before")
