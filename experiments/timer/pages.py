"""Bring files into the page cache, or evict them.

`warm` reads a file. `evict` writes its pages back first, because the kernel keeps dirty pages, then
lets the kernel drop them by `posix_fadvise(POSIX_FADV_DONTNEED)`, and counts the remaining ones by
`mincore`. None of these calls needs privileges. The kernel keeps pages that another process has
mapped, and all pages of a file system in memory. A cold load is then impossible.
"""

import ctypes
import glob
import mmap
import os


def files(path):
    """List the files that were saved as `path`: a file, those of a folder or with a prefix."""
    if os.path.isfile(path):
        return [path]
    if not os.path.isdir(path):
        return sorted(glob.glob(glob.escape(path) + ".*"))
    return sorted(
        os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names
    )


def size(path):
    """Return the bytes of all files of `path`."""
    return sum(os.path.getsize(name) for name in files(path))


def warm(path):
    """Read all files of `path` once."""
    for name in files(path):
        with open(name, "rb") as stream:
            while stream.read(1 << 22):
                pass


def evict(path):
    """Drop the pages of all files of `path`; return the share that remained, from 0 to 1."""
    stayed = held = 0
    for name in files(path):
        descriptor = os.open(name, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            resident = _resident(descriptor)
        finally:
            os.close(descriptor)
        stayed, held = stayed + sum(resident), held + len(resident)
    return stayed / float(held or 1)


def _resident(descriptor):
    """Return for each page of a file whether it is in memory."""
    length = os.fstat(descriptor).st_size
    if not length:
        return []
    pages = (ctypes.c_ubyte * (-(-length // mmap.PAGESIZE)))()
    # Private and writable, because ctypes takes the address of nothing else; nothing is written.
    with mmap.mmap(descriptor, length, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE) as view:
        first = ctypes.c_char.from_buffer(view)
        libc = ctypes.CDLL(None, use_errno=True)
        failed = libc.mincore(ctypes.byref(first), ctypes.c_size_t(length), pages)
        number = ctypes.get_errno()
        del first  # or the map cannot be closed
    if failed:
        raise OSError(number, os.strerror(number))
    return [bool(page & 1) for page in pages]
