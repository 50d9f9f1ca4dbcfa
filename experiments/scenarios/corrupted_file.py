"""A file that was cut off, damaged or replaced is loaded: is it refused?

Files are damaged at places that are found by their structure, so that all are damaged alike.
"""

import io
import os
import zipfile

import h5py

from experiments.scenarios import _files
from experiments.scenarios._places import (
    first_byte,
    hdf5_weight,
    last_byte,
    sign,
    zip_directory,
    zip_header,
    zip_weight,
)

GRAPH = "/saved_model.pb"
SHARD = ".data-00000-of-00001"
INDEX = ".index"
HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
HTML = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not Found</body></html>\n"
ALL_BITS, SIGN_BIT = 0xFF, 0x80


def foreign(content):
    """Return a zip in place of an HDF5 file, and an HDF5 file in place of anything else."""
    stream = io.BytesIO()
    if content.startswith(HDF5_SIGNATURE):
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("photograph.txt", "A photograph.")
    else:
        with h5py.File(stream, "w") as archive:
            archive.attrs["photograph"] = "A photograph."
    return stream.getvalue()


REPLACED = {
    "empty": lambda content: b"",
    "cut_start": lambda content: content[: len(HDF5_SIGNATURE)],
    "cut_quarter": lambda content: content[: len(content) // 4],
    "cut_half": lambda content: content[: len(content) // 2],
    "cut_end": lambda content: content[:-1],
    "other_format": foreign,
    "html_page": lambda content: HTML,
}
"""What the file holds afterwards."""

WHOLE = {"savedmodel": GRAPH, "checkpoint": SHARD}
"""Which file is replaced where a model is more than one."""


FLIPPED = {
    "hdf5": {
        "flip_header": ("", first_byte, ALL_BITS),
        "flip_structure": ("", lambda content: content.index(b"TREE"), ALL_BITS),
        "flip_data": ("", sign(hdf5_weight), SIGN_BIT),
    },
    "zip": {
        "flip_header": ("", zip_header, ALL_BITS),
        "flip_structure": ("", zip_directory, ALL_BITS),
        "flip_data": ("", sign(zip_weight), SIGN_BIT),
    },
    "savedmodel": {
        "flip_header": (GRAPH, first_byte, ALL_BITS),
        # The length of a name in the graph, the byte before it.
        "flip_structure": (GRAPH, lambda content: content.index(b"serving_default") - 1, ALL_BITS),
        "flip_data": ("/variables/variables" + SHARD, sign(first_byte), SIGN_BIT),
    },
    "checkpoint": {
        "flip_header": (INDEX, first_byte, ALL_BITS),
        # The end of the table's signature, which is its last eight bytes.
        "flip_structure": (INDEX, last_byte, ALL_BITS),
        "flip_data": (SHARD, sign(first_byte), SIGN_BIT),
    },
}
"""In which file, at which place, which bits are flipped. A weight changes its sign; a shard begins
with one."""

MISSING = {"missing_shard": SHARD, "missing_index": INDEX}
"""Which file of a checkpoint, alone or in a SavedModel, is removed."""


class Scenario(_files.PlainModel):
    """A case is what was done to the file."""

    def prepare(self, path, cell):
        case, form = cell["case"], cell["format"]
        if case in MISSING:
            os.remove(path + {"savedmodel": "/variables/variables"}.get(form, "") + MISSING[case])
        elif case in REPLACED:
            _rewrite(path + WHOLE.get(form, ""), REPLACED[case])
        else:
            suffix, place, bits = FLIPPED[_layout(path, form)][case]
            _rewrite(path + suffix, lambda content: _flip(content, place(content), bits))
        return path


def _layout(path, form):
    """Say how the file is laid out: `.keras` names two formats, depending on the release."""
    if form in FLIPPED:
        return form
    return "zip" if zipfile.is_zipfile(path) else "hdf5"


def _rewrite(path, change):
    with open(path, "rb") as stream:
        content = stream.read()
    with open(path, "wb") as stream:
        stream.write(change(content))


def _flip(content, place, bits):
    return content[:place] + bytes([content[place] ^ bits]) + content[place + 1 :]
