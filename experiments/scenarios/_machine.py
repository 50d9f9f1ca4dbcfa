"""Permissions, file systems and limits that scenarios set on the machine.

Permissions bind root too; file systems are small or read-only; files have a largest size; another
program holds a file open. All this works on Linux alone, through the C library. A thread's settings
come before TensorFlow starts its own threads, which inherit them: in `build` while saving, in
`prepare` while loading.
"""

import contextlib
import ctypes
import os
import resource
import shutil
import subprocess
import sys

from experiments.scenarios import Skip

LIBC = ctypes.CDLL(None, use_errno=True)

CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
BEYOND_PERMISSIONS = 1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH

CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_RDONLY, MS_REMOUNT, MS_REC, MS_PRIVATE = 0x1, 0x20, 0x4000, 0x40000
MNT_DETACH = 2

HOLD = """
import sys, h5py
with h5py.File(sys.argv[1], sys.argv[2]):
    print("open", flush=True)
    sys.stdin.read()
"""
"""A program that holds a file open until its input ends, at the latest with the cell."""


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Sets(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def _call(name, *arguments):
    """Call the C library; raise the error of `errno`."""
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _capabilities(change):
    """Apply `change` to the effective capabilities of this thread: capset(2)."""
    header, sets = _Header(CAPABILITY_VERSION_3, 0), (_Sets * 2)()
    _call("capget", ctypes.byref(header), sets)
    sets[0].effective = change(sets[0].effective, sets[0].permitted)
    _call("capset", ctypes.byref(header), sets)


def obey_permissions():
    """Bind this thread by permissions as the owner of files, also as root: capabilities(7)."""
    _capabilities(lambda effective, permitted: effective & ~BEYOND_PERMISSIONS)


def override_permissions():
    """Undo `obey_permissions`: no permission binds root; capabilities(7)."""
    _capabilities(lambda effective, permitted: effective | permitted & BEYOND_PERMISSIONS)


@contextlib.contextmanager
def only_readable(paths):
    """Forbid writing to files or folders, to root as well; allow it again at the end: chmod(2)."""
    modes = {path: os.stat(path).st_mode for path in paths}
    for path, mode in modes.items():
        os.chmod(path, mode & ~0o222)
    obey_permissions()
    try:
        yield
    finally:
        override_permissions()
        for path in filter(os.path.exists, modes):
            os.chmod(path, modes[path])


def mount_small(folder, kib):
    """Mount a file system of `kib` KiB at a new folder, visible to this cell alone: tmpfs(5)."""
    _own_mounts()
    os.mkdir(folder)
    size = "size={}k".format(kib).encode("ascii")
    try:
        _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", 0, size)
    except OSError as error:
        raise Skip("the kernel mounts no file system here: {}".format(error.strerror))


def make_read_only(folder):
    """Make a file system of `mount_small` read-only: mount(2)."""
    _call("mount", None, os.fsencode(folder), None, MS_REMOUNT | MS_RDONLY, None)


def move(names, folder):
    """Move files or folders into a folder, also of another file system."""
    for name in names:
        shutil.move(name, folder)


@contextlib.contextmanager
def brought_out(folder):
    """At the end, copy the files of a mounted file system here, and unmount it: umount2(2)."""
    try:
        yield
    finally:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                (shutil.copytree if entry.is_dir() else shutil.copy)(entry.path, entry.name)
        _call("umount2", os.fsencode(folder), MNT_DETACH)
        os.rmdir(folder)


def _own_mounts():
    """Make later mounts visible to this process alone: mount_namespaces(7).

    A user without this right gets it as the root of a new user namespace: user_namespaces(7).
    """
    user, group = os.geteuid(), os.getegid()
    try:
        try:
            _call("unshare", CLONE_NEWNS)
        except PermissionError:
            _call("unshare", CLONE_NEWNS | CLONE_NEWUSER)
            for name, text in (
                ("setgroups", "deny"),
                ("uid_map", "{0} {0} 1".format(user)),
                ("gid_map", "{0} {0} 1".format(group)),
            ):
                with open("/proc/self/" + name, "w") as stream:
                    stream.write(text)
        _call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    except OSError as error:
        raise Skip("the kernel gives a cell no mounts of its own: {}".format(error.strerror))


@contextlib.contextmanager
def file_size_limit(size):
    """Let no file grow beyond `size` bytes; EFBIG, as Python ignores SIGXFSZ: setrlimit(2)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Holder(object):
    """Another program that has opened an HDF5 file in a mode of h5py, and so locked it: flock(2).

    The program runs until `release`, or until the cell or this object ends.
    """

    def __init__(self, path, mode):
        words = [sys.executable, "-c", HOLD, path, mode]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not self._process.stdout.readline():
            raise RuntimeError("the program that should hold {} open could not".format(path))

    def release(self):
        """Have the other program close the file and end."""
        self._process.communicate()
