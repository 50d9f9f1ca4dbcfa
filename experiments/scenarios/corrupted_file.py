"""A file that was cut off, damaged or replaced is loaded: is it refused?

The offsets of the damage are found by the structure of the files, so that all files are damaged
alike.
"""

import zipfile

from experiments.scenarios import _damages, _files
from experiments.scenarios._offsets import (
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
ALL_BITS, SIGN_BIT = 0xFF, 0x80


def _cut(at):
    """Return the damage that cuts a file off at an offset, which `at` derives from its size."""
    return lambda content: {"do": "cut", "at": at(len(content))}


def _flip(offset, bits):
    """Return the damage that flips bits of the byte at an offset."""
    return lambda content: {"do": "flip", "at": offset(content), "bits": bits}


REPLACED = {
    "empty": lambda content: {"do": "empty"},
    "cut_start": _cut(lambda size: len(_damages.HDF5_SIGNATURE)),
    "cut_quarter": _cut(lambda size: size // 4),
    "cut_half": _cut(lambda size: size // 2),
    "cut_end": _cut(lambda size: size - 1),
    "other_format": lambda content: {"do": "other_format"},
    "html_page": lambda content: {"do": "html_page"},
}
"""The damage of a whole file, from its content."""

WHOLE = {"savedmodel": GRAPH, "checkpoint": SHARD}
"""The file that is replaced, where a model has several."""


FLIPPED = {
    "hdf5": {
        "flip_header": ("", _flip(first_byte, ALL_BITS)),
        "flip_structure": ("", _flip(lambda content: content.index(b"TREE"), ALL_BITS)),
        "flip_data": ("", _flip(sign(hdf5_weight), SIGN_BIT)),
    },
    "zip": {
        "flip_header": ("", _flip(zip_header, ALL_BITS)),
        "flip_structure": ("", _flip(zip_directory, ALL_BITS)),
        "flip_data": ("", _flip(sign(zip_weight), SIGN_BIT)),
    },
    "savedmodel": {
        "flip_header": (GRAPH, _flip(first_byte, ALL_BITS)),
        # The length of a name in the graph, the byte before it.
        "flip_structure": (
            GRAPH,
            _flip(lambda content: content.index(b"serving_default") - 1, ALL_BITS),
        ),
        "flip_data": ("/variables/variables" + SHARD, _flip(sign(first_byte), SIGN_BIT)),
    },
    "checkpoint": {
        "flip_header": (INDEX, _flip(first_byte, ALL_BITS)),
        # The end of the table's signature, which is its last eight bytes.
        "flip_structure": (INDEX, _flip(last_byte, ALL_BITS)),
        "flip_data": (SHARD, _flip(sign(first_byte), SIGN_BIT)),
    },
}
"""The file and its damage, by layout and case. A weight changes its sign; a shard begins with a
weight."""

MISSING = {"missing_shard": SHARD, "missing_index": INDEX}
"""The file of a checkpoint, alone or in a SavedModel, that is removed."""


class Scenario(_files.PlainModel):
    """A case is a damage of the file."""

    def prepare(self, path, cell):
        name, damage = _chosen(path, cell["case"], cell["format"])
        with open(name, "rb") as stream:
            content = stream.read()
        _damages.inflict(dict(damage(content), file=name))
        return path


def _chosen(path, case, form):
    """Return the file that a case damages, and its damage from the content."""
    if case in MISSING:
        folder = {"savedmodel": "/variables/variables"}.get(form, "")
        return path + folder + MISSING[case], lambda content: {"do": "missing_file"}
    if case in REPLACED:
        return path + WHOLE.get(form, ""), REPLACED[case]
    suffix, damage = FLIPPED[_layout(path, form)][case]
    return path + suffix, damage


def _layout(path, form):
    """Return the layout of a file: `.keras` names two formats, depending on the release."""
    if form in FLIPPED:
        return form
    return "zip" if zipfile.is_zipfile(path) else "hdf5"
