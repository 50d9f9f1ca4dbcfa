"""What can a cell change outside its own folder? Nothing, where the kernel can see to that.

Landlock, which any process may ask of Linux for itself and for all that it forks, and which nothing
can take back: https://docs.kernel.org/userspace-api/landlock.html. From version 4 of it on a cell
reaches no network either, from version 6 on it can send no signal to a process that is not its own.
Reading is not forbidden. A fenced process can mount nothing.
"""

import ctypes
import os
import struct

from experiments.worker.kernel import LIBC, prctl

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""Numbers of the system calls, the same on every architecture."""
ASK_VERSION, PATH_BENEATH = 1, 1
PR_SET_NO_NEW_PRIVS = 38

WRITE_FILE, TRUNCATE = 1 << 1, 1 << 14
FILES = (
    (1, WRITE_FILE | 0x1FF0),  # remove and make whatever there is
    (2, 1 << 13),  # move it to another folder, which is never granted unless it is asked for
    (3, TRUNCATE),
)
"""The rights that change files, by the version of Landlock that knows them: linux/landlock.h."""
NET, NET_VERSION = 0b11, 4
"""To bind and to connect by TCP."""
SCOPES, SCOPES_VERSION = 0b11, 6
"""To reach abstract sockets and to signal processes outside."""
DEVICES = ("/dev/null",)
"""What every process may write to."""


def version():
    """Return which version of Landlock this kernel has; 0 for none."""
    return max(0, LIBC.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION))


def close(*folders):
    """Let this process and all that it forks change nothing but what is in these folders.

    Returns the version of Landlock that sees to it; 0 where the kernel has none, and then nothing
    is forbidden. Only this thread is bound and what it starts, so that it is asked for before any
    other is there.
    """
    known = version()
    if not known:
        return 0
    rights = sum(bits for since, bits in FILES if since <= known)
    asked = struct.pack("<Q", rights)
    if known >= NET_VERSION:
        asked += struct.pack("<Q", NET)
    if known >= SCOPES_VERSION:
        asked += struct.pack("<Q", SCOPES)
    rules = _call(CREATE_RULESET, asked, ctypes.c_size_t(len(asked)), 0)
    try:
        for folder in folders:
            _allow(rules, folder, rights)
        for device in DEVICES:
            _allow(rules, device, rights & (WRITE_FILE | TRUNCATE))
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        _call(RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
    return known


def _allow(rules, path, rights):
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        _call(ADD_RULE, rules, PATH_BENEATH, struct.pack("<Qi", rights, place), 0)
    finally:
        os.close(place)


def _call(number, *arguments):
    answer = LIBC.syscall(number, *arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), "Landlock: {}".format(os.strerror(ctypes.get_errno())))
    return answer
