"""A file that was cut off, damaged or replaced is loaded: is it refused?

Places are found by structure, not by number, so that files that differ by release or by the time
they were written at are all damaged alike.
"""

import io
import os
import struct
import zipfile

import h5py

from experiments.scenarios import FILE_NAMES, BaseScenario, _models

STEM = "classifier"
GRAPH = "/saved_model.pb"
SHARD = ".data-00000-of-00001"
INDEX = ".index"
ZIPPED_WEIGHTS = "model.weights.h5"
HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
HTML = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not Found</body></html>\n"
ALL_BITS, SIGN_BIT = 0xFF, 0x80
FLOAT_BYTES = 4


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


def hdf5_weight(content):
    """Return the place of the first dataset of an HDF5 file: of a layer's weight."""
    places = []
    with h5py.File(io.BytesIO(content), "r") as stream:
        stream.visititems(lambda name, item: places.append(_place(item)))
    return next(place for place in places if place is not None)


def _place(item):
    return item.id.get_offset() if isinstance(item, h5py.Dataset) and item.ndim else None


def zip_header(content):
    """Return the place of the header of the weights inside a `.keras` file.

    The file begins with the header of the metadata, which is never read.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.getinfo(ZIPPED_WEIGHTS).header_offset


def zip_weight(content):
    """Return the place of the first weight in the HDF5 file inside a `.keras` file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        weight = hdf5_weight(archive.read(ZIPPED_WEIGHTS))
    header = zip_header(content)
    # Thirty bytes, a name and further fields; their lengths are the last four of the thirty.
    return header + 30 + sum(struct.unpack_from("<HH", content, header + 26)) + weight


def zip_directory(content):
    """Return the place of a zip's central directory."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.start_dir


def first_byte(content):
    """Return the place where the file begins."""
    return 0


def last_byte(content):
    """Return the place of the last byte."""
    return len(content) - 1


def sign(weight):
    """Return a function for the place of a weight's sign, given one for that of the weight."""
    return lambda content: weight(content) + FLOAT_BYTES - 1


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


class Scenario(BaseScenario):
    """Not compiled, so that nothing but the damage can be refused."""

    def build(self, tf, cell):
        return _models.mlp(tf.keras)

    def inputs(self, cell):
        return _models.INPUTS["mlp"]()

    def file_name(self, cell):
        return FILE_NAMES[cell["format"]].replace("model", STEM)

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
