"""Does a model of each kind of normalisation come back, in its own release and in others?"""

from experiments.scenarios import _kinds, uniform


def rows():
    """Four rows of six numbers."""
    return [uniform(4, 6)]


def steps():
    """Four sequences of three steps."""
    return [uniform(4, 3, 6)]


def frozen(layers, x):
    """A batch normalisation that is not trained."""
    layer = layers.BatchNormalization()
    layer.trainable = False
    return layer(x)


class Scenario(_kinds.LayerKinds):
    """A case is one layer of its kind."""

    CASES = {
        "batch": (rows, lambda layers, x: layers.BatchNormalization()(x)),
        "batch_without_scale": (rows, lambda layers, x: layers.BatchNormalization(scale=False)(x)),
        "batch_frozen": (rows, frozen),
        "batch_renorm": (rows, lambda layers, x: layers.BatchNormalization(renorm=True)(x)),
        "batch_other_axis": (steps, lambda layers, x: layers.BatchNormalization(axis=1)(x)),
        "layer": (rows, lambda layers, x: layers.LayerNormalization()(x)),
        "layer_two_axes": (steps, lambda layers, x: layers.LayerNormalization(axis=[1, 2])(x)),
        "group": (rows, lambda layers, x: layers.GroupNormalization(groups=2)(x)),
        "unit": (rows, lambda layers, x: layers.UnitNormalization()(layers.Dense(6)(x))),
        "spectral": (
            rows,
            lambda layers, x: layers.SpectralNormalization(layers.Dense(3))(x),
        ),
    }
