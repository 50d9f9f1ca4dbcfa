"""An object stands for a path instead of a string. Is it accepted, and does the model load?"""

import io
import os
import pathlib

import h5py

from experiments.scenarios import WHOLE_MODEL, _files


class Place(object):
    """An object of a user's class that Python accepts as a path."""

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


def in_memory(path):
    """Read the file; return its content as a stream."""
    with open(path, "rb") as stream:
        return io.BytesIO(stream.read())


LOADED = {
    "pathlib_loaded": pathlib.Path,
    "fspath_loaded": Place,
    "bytes_loaded": os.fsencode,
    "url_loaded": lambda path: pathlib.Path(path).resolve().as_uri(),
    "slash_loaded": lambda path: path + "/",
    "h5py_loaded": lambda path: h5py.File(path, "r"),
    "h5py_group_loaded": lambda path: h5py.File(path, "r")["/"],
    "stream_loaded": lambda path: open(path, "rb"),
    "memory_loaded": in_memory,
}
"""The object for the loader, made from the path; without an entry, a string."""

SAVED = {
    "pathlib_saved": lambda path, save: save(pathlib.Path(path)),
    "fspath_saved": lambda path, save: save(Place(path)),
    "bytes_saved": lambda path, save: save(os.fsencode(path)),
    "url_saved": lambda path, save: save(LOADED["url_loaded"](path)),
}
"""The call that saves with an object for the path; without an entry, a string."""


def with_h5py(path, save):
    """Save into an open HDF5 file."""
    with h5py.File(path, "w") as stream:
        save(stream)


def with_stream(path, save):
    """Save into an open file."""
    with open(path, "w+b") as stream:
        save(stream)


SAVED.update(h5py_saved=with_h5py, stream_saved=with_stream)


class Scenario(_files.PlainModel):
    """A case is an object for the path, and the call that takes it."""

    def save(self, tf, model, path, cell):
        save = model.save if cell["format"] in WHOLE_MODEL else model.save_weights
        SAVED.get(cell["saved_as"], lambda path, save: save(path))(path, save)

    def prepare(self, path, cell):
        return LOADED.get(cell["case"], str)(path)
