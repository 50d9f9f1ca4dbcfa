"""A part of an HDF5 file is removed, and the rest is whole. Is the loss noticed?

A model that lost nothing must come back. A `.keras` file has an HDF5 file inside.
"""

import io

import h5py

from experiments.scenarios import _archive, _files

LAST = ("dense_1", "dense_2")
"""The last layer's names in a file; the first release with `.weights.h5` miscounts."""


def names_in(root):
    """List the paths of all objects in an HDF5 file, groups before their members."""
    paths = []
    root.visit(paths.append)
    return sorted(paths, key=len)


def kernel_removed(root):
    """Remove the kernel of the first layer."""
    del root[next(n for n in names_in(root) if "kernel" in n or n.endswith("dense/vars/0"))]


def layer_removed(root):
    """Remove the group of the last layer."""
    del root[next(n for n in names_in(root) if n.endswith(LAST))]


def attribute_removed(name, path="/"):
    """Return an edit that removes an attribute; in a whole model, from the group of the weights."""

    def edit(root):
        weights = "model_weights" in root and name != "model_config"
        group = root["model_weights"] if weights else root
        group = group[path] if path != "/" else group
        del group.attrs[name]

    return edit


EDITS = {
    "kernel_removed": kernel_removed,
    "layer_removed": layer_removed,
    "model_config_removed": attribute_removed("model_config"),
    "layer_names_removed": attribute_removed("layer_names"),
    "weight_names_removed": attribute_removed("weight_names", "dense"),
    "keras_version_removed": attribute_removed("keras_version"),
}


class Scenario(_files.PlainModel):
    """A case is the part of the file that `prepare` removes."""

    def prepare(self, path, cell):
        edit = EDITS[cell["case"]]
        if cell["format"] == "keras":
            weights = _archive.WEIGHTS
            return _archive.packed_anew(
                path, lambda members: dict(members, **{weights: edited(members[weights], edit)})
            )
        with open(path, "rb") as stream:
            content = edited(stream.read(), edit)
        with open(path, "wb") as stream:
            stream.write(content)
        return path


def edited(content, edit):
    """Return the bytes of an HDF5 file after an edit."""
    stream = io.BytesIO(content)
    with h5py.File(stream, "r+") as root:
        edit(root)
    return stream.getvalue()
