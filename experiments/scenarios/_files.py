"""Shared by scenarios about files: one plain model under one name, and the content of a file."""

import inspect
import os
import shutil
import zipfile

import h5py

from experiments.scenarios import FILE_NAMES, BaseScenario, Skip, _models

STEM = "classifier"
"""The model's name: unlike `model`, no word of a message that does not speak of the file."""


class PlainModel(BaseScenario):
    """Two dense layers, not compiled: the file alone can be rejected."""

    def build(self, tf, cell):
        return _models.mlp(tf.keras)

    def inputs(self, cell):
        return _models.INPUTS["mlp"]()

    def file_name(self, cell):
        return FILE_NAMES[cell["format"]].replace("model", STEM)


def renamed(path, name):
    """Give a file or folder another name; return that."""
    os.rename(path, name)
    return name


def need_zip(path):
    """Skip the cell unless the file is a zip: `.keras` names two formats."""
    if not zipfile.is_zipfile(path):
        raise Skip("this release writes no zip under this name")
    return path


def need_hdf5(path):
    """Skip the cell unless the file is an HDF5 file."""
    if not (os.path.isfile(path) and h5py.is_hdf5(path)):
        raise Skip("this release writes no HDF5 file under this name")
    return path


def by_layer(path):
    """Say whether a file holds weights as Keras 2 lays them out, layer by layer."""
    with h5py.File(path, "r") as stream:
        return "layer_names" in stream.attrs


def unzipped(path, folder):
    """Unpack the archive into a folder, and leave only that."""
    with zipfile.ZipFile(need_zip(path)) as archive:
        archive.extractall("unpacked")
    os.remove(path)
    return shutil.move("unpacked", folder)


def need_argument(call, name):
    """Skip the cell if this call does not know this argument.

    Python's own error would count as a fault of the harness, since no code of the release runs.
    """
    parameters = inspect.signature(call).parameters
    if name in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    raise Skip("{} has no argument {} in this release".format(call.__name__, name))
