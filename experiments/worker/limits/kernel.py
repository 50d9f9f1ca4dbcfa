"""Calls Linux through the C library: prctl(2)."""

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


def prctl(option, value):
    """Set one option of this process; raise `OSError` where the kernel refuses it."""
    if LIBC.prctl(option, int(value), 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, "prctl: {}".format(os.strerror(number)))


def die_with_parent(number):
    """Have the kernel send this process a signal when its parent dies, so no process stays."""
    prctl(PR_SET_PDEATHSIG, number)
