"""Weights are loaded with `skip_mismatch` into a changed model. Do the matching layers come back?

Reports: https://github.com/keras-team/keras/issues/21404
"""

from experiments.scenarios import _edited, uniform
from experiments.scenarios._edited import chain

SAVED = (
    ("stem", {"filters": 4, "kernel_size": 3}),
    ("body", {"filters": 6, "kernel_size": 3}),
    ("tail", {"filters": 2, "kernel_size": 3}),
)
ADDED = ("adapter", {"filters": 2, "kernel_size": 1})


def pictures():
    """Four small pictures."""
    return [uniform(4, 8, 8, 3)]


def convolutions(*added, **changed):
    """Return a maker of convolutions that keep the picture's size, some with other arguments."""
    return lambda layers, x: chain(
        x,
        *[
            layers.Conv2D(padding="same", name=name, **dict(arguments, **changed.get(name, {})))
            for name, arguments in SAVED + added
        ],
    )


saved = convolutions()


class Scenario(_edited.EditedModels):
    """A case is a difference of the loader's code."""

    CASES = {
        "nothing": (pictures, saved, saved),
        "stem_resized": (pictures, saved, convolutions(stem={"kernel_size": 2})),
        "tail_resized": (pictures, saved, convolutions(tail={"filters": 3})),
        "bias_dropped": (pictures, saved, convolutions(body={"use_bias": False})),
        "layer_added": (pictures, saved, convolutions(ADDED)),
        "layer_removed": (pictures, saved, saved),
    }
    BACKBONES = ("layer_removed",)
