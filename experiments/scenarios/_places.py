"""Where in a file lies what? Places are found by structure, not by number.

Files differ by release, and by the time they were written at.
"""

import io
import struct
import zipfile

import h5py

ZIPPED_WEIGHTS = "model.weights.h5"
FLOAT_BYTES = 4


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
