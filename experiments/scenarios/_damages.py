"""Damage a file.

A damage is a mapping: `file` is the file's name and `do` the name of a change in `CHANGES` or
`FILES`. Its other keys are the arguments of the change: offsets, lengths, bits, a member.
"""

import copy
import gzip
import io
import os
import shutil
import warnings
import zipfile

import h5py

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
HTML = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not Found</body></html>\n"
POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    b"size 12345\n"
)
"""The small file that a repository holds for a file in Git LFS."""


def _flip(content, damage):
    return _with(content, damage["at"], bytes([content[damage["at"]] ^ damage["bits"]]))


def _zero(content, damage):
    return _with(content, damage["at"], bytes(damage["length"]))


def _swap(content, damage):
    at, other, length = damage["at"], damage["other"], damage["length"]
    first, second = content[at : at + length], content[other : other + length]
    return _with(_with(content, at, second), other, first)


def _with(content, at, piece):
    return content[:at] + piece + content[at + len(piece) :]


def _without_member(content, damage):
    if content.startswith(b"PK"):
        return _packed(content, lambda names: [name for name in names if name != damage["member"]])
    return _linked(content, lambda stream: stream.__delitem__(damage["member"]))


def _doubled_member(content, damage):
    if content.startswith(b"PK"):
        return _packed(content, lambda names: names + [damage["member"]])
    copy, name = damage["member"] + " (1)", damage["member"]
    return _linked(content, lambda stream: stream.__setitem__(copy, stream[name]))


def _packed(content, choose):
    """Return a zip archive of the members that `choose` returns, given the names, in that order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubled name is the damage
            for name in choose(old.namelist()):
                new.writestr(copy.copy(old.getinfo(name)), old.read(name))
    return packed.getvalue()


def _linked(content, change):
    """Return an HDF5 file with its links changed."""
    stream = io.BytesIO(content)
    with h5py.File(stream, "r+") as opened:
        change(opened)
    return stream.getvalue()


def _gzipped(content, damage):
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream:
        stream.write(content)
    return packed.getvalue()


def _other_format(content, damage):
    """Return a zip archive in place of an HDF5 file, and an HDF5 file in place of other files."""
    stream = io.BytesIO()
    if content.startswith(HDF5_SIGNATURE):
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("photograph.txt", "A photograph.")
    else:
        with h5py.File(stream, "w") as archive:
            archive.attrs["photograph"] = "A photograph."
    return stream.getvalue()


CHANGES = {
    "flip": _flip,
    "zero": _zero,
    "swap": _swap,
    "cut": lambda content, damage: content[: damage["at"]],
    "without_member": _without_member,
    "doubled_member": _doubled_member,
    "empty": lambda content, damage: b"",
    "crlf": lambda content, damage: content.replace(b"\n", b"\r\n"),
    "lf": lambda content, damage: content.replace(b"\r\n", b"\n"),
    "utf8": lambda content, damage: content.decode("latin-1").encode("utf-8"),
    "utf8_lossy": lambda content, damage: content.decode("utf-8", "replace").encode("utf-8"),
    "byte_order_mark": lambda content, damage: b"\xef\xbb\xbf" + content,
    "lfs_pointer": lambda content, damage: POINTER,
    "other_format": _other_format,
    "html_page": lambda content, damage: HTML,
    "gzip": _gzipped,
    "second_half_zero": lambda content, damage: _zero(
        content, {"at": len(content) // 2, "length": len(content) - len(content) // 2}
    ),
    "twice": lambda content, damage: content * 2,
}
"""The changes of a file's content: functions of the content and the damage."""


def _copy(path, damage):
    shutil.copy(path, path + " (1)")


FILES = {"missing_file": lambda path, damage: os.remove(path), "doubled_file": _copy}
"""The changes of the file itself: functions of its path and the damage."""


def changed(content, damage):
    """Return the content of a file after a damage of `CHANGES`."""
    return CHANGES[damage["do"]](content, damage)


def inflict(damage):
    """Damage the file in the current folder."""
    name = damage["file"]
    if damage["do"] in FILES:
        FILES[damage["do"]](name, damage)
        return
    with open(name, "rb") as stream:
        content = stream.read()
    with open(name, "wb") as stream:
        stream.write(changed(content, damage))
