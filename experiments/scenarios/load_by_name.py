"""Weights are loaded by the names of layers. Do matching layers come back, and is the rest refused?

The file lacks the names of the other layers, or has another shape for them.

Reports: https://github.com/xuannianz/EfficientDet/issues/74 and
https://github.com/kentsommer/keras-inceptionV4/issues/31 (the message names another shape
than the file has), https://github.com/keras-team/keras/issues/21529 (channels of the input)
"""

from experiments.scenarios import _edited, uniform
from experiments.scenarios._edited import chain
from experiments.scenarios._stacks import stack, vectors

KERNEL = (3, 3, 4, 6)


def pictures():
    """Four small pictures of three channels."""
    return [uniform(4, 8, 8, 3)]


def convolutions(layers, x, filters=6, bias=True, channels=3):
    """Two convolutions, which get the first `channels` of the picture."""
    visible = layers.Lambda(lambda picture: picture[..., :channels])
    stem = layers.Conv2D(4, 3, activation="relu", use_bias=bias, name="stem")
    return chain(x, visible, stem, layers.Conv2D(filters, 3, name="body"))


def usual(layers, x):
    """The saver's convolutions."""
    return convolutions(layers, x)


class Scenario(_edited.EditedModels):
    """A case is a difference between the loader's code and the file."""

    CASES = {
        "no_name_matches": (
            vectors,
            stack("stem", "body", "head"),
            stack("encoder", "hidden", "classifier"),
        ),
        "one_name_missing": (
            vectors,
            stack("stem", "body", "head"),
            stack("stem", "body", "classifier"),
        ),
        "backbone": (vectors, stack("stem", "body"), stack("stem", "body")),
        "filters": (pictures, usual, lambda layers, x: convolutions(layers, x, filters=5)),
        "channels": (pictures, usual, lambda layers, x: convolutions(layers, x, channels=1)),
        "bias_dropped": (pictures, usual, lambda layers, x: convolutions(layers, x, bias=False)),
        "kernel_axes": (pictures, usual, usual),
    }
    BACKBONES = ("backbone",)

    def prepare(self, path, cell):
        if cell["case"] == "kernel_axes":
            _edited.rewrite(path, KERNEL, lambda kernel: kernel.transpose(3, 2, 0, 1))
        return path
