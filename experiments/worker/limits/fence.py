"""Keeps a cell from changing files outside its own folder, where the kernel has Landlock.

Any process may bind itself and its children by Landlock, and no process can undo it:
https://docs.kernel.org/userspace-api/landlock.html. From version 4 on a fenced process reaches no
network by TCP. From version 6 on it can send no signal to a process outside. Reading stays allowed.
A fenced process can mount no file system.
"""

import ctypes
import os
import struct

from experiments.worker.limits.kernel import LIBC, prctl

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""Numbers of the system calls, the same on every architecture."""
ASK_VERSION, PATH_BENEATH = 1, 1
PR_SET_NO_NEW_PRIVS = 38

WRITE_FILE, TRUNCATE = 1 << 1, 1 << 14
FILES = (
    (1, WRITE_FILE | 0x1FF0),  # remove files and folders, and make any kind of file
    (2, 1 << 13),  # move a file to another folder; refused to all who do not ask for this right
    (3, TRUNCATE),
)
"""The rights that change files, by the first version of Landlock with them: linux/landlock.h."""
NET, NET_VERSION = 0b11, 4
"""The rights to bind and to connect by TCP."""
SCOPES, SCOPES_VERSION = 0b11, 6
"""The rights to reach abstract sockets and to signal processes outside."""
DEVICES = ("/dev/null",)
"""The devices that every process may write to."""


def version():
    """Return the version of Landlock in this kernel; 0 for none."""
    return max(0, LIBC.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION))


def close(*folders):
    """Let this process and its children change files in these folders alone.

    Returns the version of Landlock that enforces it; 0 where the kernel has none and forbids
    nothing. Landlock binds the calling thread and the threads it starts later, so call this before
    any thread is started.
    """
    landlock = version()
    if not landlock:
        return 0
    rights = sum(bits for since, bits in FILES if since <= landlock)
    attributes = struct.pack("<Q", rights)
    if landlock >= NET_VERSION:
        attributes += struct.pack("<Q", NET)
    if landlock >= SCOPES_VERSION:
        attributes += struct.pack("<Q", SCOPES)
    rules = _call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    try:
        for folder in folders:
            _allow(rules, folder, rights)
        for device in DEVICES:
            _allow(rules, device, rights & (WRITE_FILE | TRUNCATE))
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        _call(RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
    return landlock


def _allow(rules, path, rights):
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        _call(ADD_RULE, rules, PATH_BENEATH, struct.pack("<Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _call(number, *arguments):
    result = LIBC.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock: {}".format(os.strerror(ctypes.get_errno())))
    return result
