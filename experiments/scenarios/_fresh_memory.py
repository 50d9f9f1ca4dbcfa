"""Sets the content of memory that HDF5 reads without having filled it.

Some damaged files lead HDF5 to such memory. Its message, or the death of the process, then depends
on the old content. The C library fills the memory that it hands out (configs/corruption.yaml). HDF5
also keeps lists of free memory for reuse, which the C library does not fill again:
https://support.hdfgroup.org/documentation/hdf5/latest/group___h5.html, H5set_free_list_limits
"""

import ctypes
import re

KINDS = 6
"""The number of limits: for all lists and for each, of single objects, of arrays and of blocks."""
LIBRARY = re.compile(r"/.*/libhdf5[-.][^/\n]*$", re.MULTILINE)
M_PERTURB = -6
"""The parameter of mallopt(3) for the byte that fills freed memory; its complement fills fresh
memory. 0 leaves memory unchanged."""


def keep_none():
    """Forbid h5py's HDF5 to keep free memory, from now on and in this process."""
    with open("/proc/self/maps") as stream:
        library = ctypes.CDLL(LIBRARY.search(stream.read()).group())
    if library.H5set_free_list_limits(*[0] * KINDS) or library.H5garbage_collect():
        raise OSError("HDF5 does not give its free memory back")


def fill(byte):
    """Have the C library fill memory with this byte and its complement from now on."""
    if not ctypes.CDLL(None).mallopt(M_PERTURB, byte):
        raise OSError("the C library fills memory as before")
