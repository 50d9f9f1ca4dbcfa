"""Builds the plain model of scenarios about files, and renames, unpacks and checks files."""

import inspect
import os
import shutil
import zipfile

import h5py

from experiments.scenarios import FILE_NAMES, BaseScenario, Skip, _models

STEM = "classifier"
"""The stem of the file's name. Unlike `model`, a message contains it only if it names the file."""


class PlainModel(BaseScenario):
    """Two dense layers, not compiled: the file alone can be rejected."""

    def build(self, tf, cell):
        return _models.mlp(tf.keras)

    def inputs(self, cell):
        return _models.INPUTS["mlp"]()

    def file_name(self, cell):
        return FILE_NAMES[cell["format"]].replace("model", STEM)


def renamed(path, name):
    """Rename a file or folder; return the new name."""
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
    """Return whether a file holds weights as Keras 2 lays them out, layer by layer."""
    with h5py.File(path, "r") as stream:
        return "layer_names" in stream.attrs


def unzipped(path, folder):
    """Unpack the archive into a folder and remove the archive; return the folder."""
    with zipfile.ZipFile(need_zip(path)) as archive:
        archive.extractall("unpacked")
    os.remove(path)
    return shutil.move("unpacked", folder)


def need_argument(call, name):
    """Skip the cell if this call does not take this argument.

    Python's own error would count as a fault of the harness, since no code of the release runs.
    """
    parameters = inspect.signature(call).parameters
    if name in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    raise Skip("{} has no argument {} in this release".format(call.__name__, name))
