"""One file of a model is damaged in one way; the request says in which, as `damage`.

Asked for by the corruption campaign alone (configs/corruption.yaml), which draws the damages. Each
is a mapping: the `file`, what to `do` with it, and what that needs to know.
"""

import copy
import gzip
import io
import os
import shutil
import warnings
import zipfile

import h5py

from experiments.scenarios import _files, _fresh_memory, _repeatable

HTML = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not Found</body></html>\n"
POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    b"size 12345\n"
)
"""What stands in a repository for a file that Git LFS keeps elsewhere."""


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


def _packed(content, chosen):
    """Return a zip archive of these members of another, in this order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a name is there twice, which is what is wanted
            for name in chosen(old.namelist()):
                new.writestr(copy.copy(old.getinfo(name)), old.read(name))
    return packed.getvalue()


def _linked(content, change):
    """Return an HDF5 file after a change of its links."""
    stream = io.BytesIO(content)
    with h5py.File(stream, "r+") as opened:
        change(opened)
    return stream.getvalue()


def _gzipped(content, damage):
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream:
        stream.write(content)
    return packed.getvalue()


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
    "html_page": lambda content, damage: HTML,
    "gzip": _gzipped,
    "second_half_zero": lambda content, damage: _zero(
        content, {"at": len(content) // 2, "length": len(content) - len(content) // 2}
    ),
    "twice": lambda content, damage: content * 2,
}
"""What the file holds after it, of what it held before."""


def _copy(path, damage):
    shutil.copy(path, path + " (1)")


FILES = {"missing_file": lambda path, damage: os.remove(path), "doubled_file": _copy}
"""What is done to the file itself."""


def changed(content, damage):
    """Return what a file holds after damage of one of `CHANGES`."""
    return CHANGES[damage["do"]](content, damage)


class Scenario(_files.PlainModel):
    """Damages the file after it was saved."""

    def save(self, tf, model, path, cell):
        super(Scenario, self).save(tf, model, path, cell)
        _repeatable.settle(tf, path)

    def prepare(self, path, cell):
        _fresh_memory.keep_none()
        damage = cell["damage"]
        name = damage["file"]
        if damage["do"] == "none":
            return path
        if damage["do"] in FILES:
            FILES[damage["do"]](name, damage)
            return path
        with open(name, "rb") as stream:
            content = stream.read()
        with open(name, "wb") as stream:
            stream.write(changed(content, damage))
        return path
