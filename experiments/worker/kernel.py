"""What is asked of Linux through the C library: prctl(2)."""

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


def prctl(what, value):
    """Ask for one thing; raise `OSError` where it is refused."""
    if LIBC.prctl(what, int(value), 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, "prctl: {}".format(os.strerror(number)))


def die_with_parent(number):
    """Have this process be sent a signal when its parent dies, so that nothing is left behind."""
    prctl(PR_SET_PDEATHSIG, number)
