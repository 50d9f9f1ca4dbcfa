"""Finds the offsets of weights, members and structures in a file, by its structure.

The offsets differ by release, and by the time at which a file was written.
"""

import io
import struct
import zipfile

import h5py

ZIPPED_WEIGHTS = "model.weights.h5"
LOCAL_HEADER = 30
"""Bytes of a member's header before its name: https://pkware.cachefly.net/webdocs/casestudies/
APPNOTE.TXT, section 4.3.7. The lengths of the name and of the further fields are its last four."""
FLOAT_BYTES = 4


def hdf5_weight(content):
    """Return the offset of the first dataset of an HDF5 file, which is a layer's weight."""
    offsets = []
    with h5py.File(io.BytesIO(content), "r") as stream:
        stream.visititems(lambda name, item: offsets.append(_dataset(item)))
    return next(offset for offset in offsets if offset is not None)


def _dataset(item):
    return item.id.get_offset() if isinstance(item, h5py.Dataset) and item.ndim else None


def zip_header(content):
    """Return the offset of the header of the weights inside a `.keras` file.

    The file begins with the header of the metadata, which is never read.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.getinfo(ZIPPED_WEIGHTS).header_offset


def zip_member(content, header):
    """Return the offset of a member's content from that of its header."""
    return header + LOCAL_HEADER + sum(struct.unpack_from("<HH", content, header + 26))


def zip_weight(content):
    """Return the offset of the first weight in the HDF5 file inside a `.keras` file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        weight = hdf5_weight(archive.read(ZIPPED_WEIGHTS))
    return zip_member(content, zip_header(content)) + weight


def zip_directory(content):
    """Return the offset of a zip's central directory."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.start_dir


def first_byte(content):
    """Return the offset of the first byte."""
    return 0


def last_byte(content):
    """Return the offset of the last byte."""
    return len(content) - 1


def sign(weight):
    """Return a function for the offset of a weight's sign, from one for the weight's offset."""
    return lambda content: weight(content) + FLOAT_BYTES - 1
