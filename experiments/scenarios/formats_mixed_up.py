"""A file is given to a call, or has a name, that is meant for another format: is it refused?

The model should come back where the loader looks into the file, or documents that it takes it.

Reports: https://github.com/keras-team/keras/issues/18728,
https://github.com/keras-team/keras/issues/20259,
https://github.com/keras-team/keras/issues/20381,
https://github.com/BNN-UPC/RouteNet-Erlang/issues/9,
https://github.com/nicknochnack/LipNet/issues/16,
https://github.com/isikdogan/deepwatermap/issues/12
"""

import os

from experiments.scenarios import Skip, _files, _models

SHARD = ".data-00000-of-00001"


def to(ending, check=str):
    """Return a function that renames the file, if `check` accepts it."""
    return lambda path: _files.renamed(check(path), _files.STEM + ending)


def shard_to(ending):
    """Return a function that renames the file that holds a checkpoint's weights."""
    return lambda path: _files.renamed(path + SHARD, path + ending)


def folder_of_checkpoint(path):
    """Move the checkpoint's files into a folder; return the folder."""
    saved = os.listdir(".")
    os.mkdir("classifier-checkpoints")
    for name in saved:
        os.rename(name, os.path.join("classifier-checkpoints", name))
    return "classifier-checkpoints"


def laid_out(path, layers, ending):
    """Rename a weights file, if it is laid out by layer (`layers`), or by object."""
    if _files.by_layer(path) != layers:
        raise Skip("this release lays out the weights in another way")
    return _files.renamed(path, _files.STEM + ending)


GIVEN = {
    "zip_named_h5": to(".h5", _files.need_zip),
    "zip_named_weights_h5": to(".weights.h5", _files.need_zip),
    "hdf5_named_keras": to(".keras"),
    "savedmodel_named_keras": to(".keras"),
    "shard_for_prefix": lambda path: path + SHARD,
    "shard_into_unbuilt_model": lambda path: path + SHARD,
    "shard_named_h5": shard_to(".h5"),
    "shard_named_keras": shard_to(".keras"),
    "folder_for_prefix": folder_of_checkpoint,
    "layers_named_weights_h5": lambda path: laid_out(path, True, ".weights.h5"),
    "objects_named_h5": lambda path: laid_out(path, False, ".h5"),
    "unzipped": lambda path: _files.unzipped(path, _files.STEM),
    "unzipped_named_keras": lambda path: _files.unzipped(path, path),
}
"""The change of the saved files, which returns the loader's path; without an entry, none."""


class Scenario(_files.PlainModel):
    """Saved as usual; then renamed, or given to a call for another format."""

    def build(self, tf, cell):
        if cell["saved_as"] != "subclassed":
            return _models.mlp(tf.keras)
        model = subclassed(tf)
        model(tf.zeros((1, 5)))
        return model

    def rebuild(self, tf, cell):
        return subclassed(tf) if cell["saved_as"] == "subclassed" else self.build(tf, cell)

    def prepare(self, path, cell):
        return GIVEN.get(cell["case"], str)(path)


def subclassed(tf):
    """A model that has no variables before its first call."""

    class Classifier(tf.keras.Model):
        def __init__(self):
            super(Classifier, self).__init__()
            self.dense = tf.keras.layers.Dense(3)

        def call(self, inputs):
            return self.dense(inputs)

    return Classifier()
