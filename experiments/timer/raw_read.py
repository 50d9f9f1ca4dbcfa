"""Read and write the same bytes as a load or a save, into arrays of the same shapes, without Keras.

h5py reads HDF5, with all attributes, because a model's configuration is an attribute. `zipfile`
reads an archive, and h5py the HDF5 in it. All other files are read plainly into arrays of the
model's shapes. Writing uses the same libraries. The content of a file decides its kind.
"""

import io
import os
import zipfile

import h5py
import numpy

from experiments.timer import pages


def reader(path, shapes):
    """Return the reader of a file saved by a model with float32 variables of `shapes`."""
    if os.path.isfile(path) and zipfile.is_zipfile(path):
        return Archive(path)
    if os.path.isfile(path) and h5py.is_hdf5(path):
        return Hdf5(path)
    return Plain(path, shapes)


class Hdf5(object):
    """One HDF5 file: `read` returns each object's name, attributes and array, if it is one."""

    def __init__(self, path):
        self.path = path

    def read(self):
        return _read_hdf5(self.path)

    def write(self, content, target):
        _write_hdf5(content, target)


class Archive(object):
    """A zip file: `read` returns the name and content of each member, HDF5 as of `Hdf5`."""

    def __init__(self, path):
        self.path = path

    def read(self):
        with zipfile.ZipFile(self.path) as archive:
            return [(name, self._member(name, archive.read(name))) for name in archive.namelist()]

    def _member(self, name, content):
        return _read_hdf5(io.BytesIO(content)) if name.endswith(".h5") else content

    def write(self, content, target):
        with zipfile.ZipFile(target, "w") as archive:
            for name, member in content:
                if name.endswith(".h5"):
                    memory = io.BytesIO()
                    _write_hdf5(member, memory)
                    member = memory.getvalue()
                archive.writestr(name, member)


class Plain(object):
    """TensorFlow's files: `read` returns the arrays of each, and its remaining bytes."""

    def __init__(self, path, shapes):
        self.shapes = {name: shapes if ".data-" in name else () for name in pages.files(path)}

    def read(self):
        return [self._read(name, shapes) for name, shapes in self.shapes.items()]

    def _read(self, path, shapes):
        arrays = []
        with open(path, "rb") as stream:
            for shape in shapes:
                array = numpy.empty(shape, "float32")
                stream.readinto(array.reshape(-1).view("uint8"))
                arrays.append(array)
            return arrays, stream.read()

    def write(self, content, target):
        for number, (arrays, rest) in enumerate(content):
            with open("{}.{}".format(target, number), "wb") as stream:
                for array in arrays:
                    stream.write(array.reshape(-1).view("uint8"))
                stream.write(rest)


def _read_hdf5(source):
    objects = []
    with h5py.File(source, "r") as stream:
        objects.append(("/", dict(stream.attrs), None))

        def visit(name, item):
            array = item[()] if isinstance(item, h5py.Dataset) else None
            objects.append((name, dict(item.attrs), array))

        stream.visititems(visit)
    return objects


def _write_hdf5(content, target):
    with h5py.File(target, "w") as stream:
        for name, attributes, array in content:
            item = stream.require_group(name) if array is None else None
            if item is None:
                item = stream.create_dataset(name, data=array)
            for key, value in attributes.items():
                item.attrs[key] = value
