"""Weights are loaded into a model that nests other models than the saver's. Do they come back?

In some cases both nest alike: two levels deep, or frozen on one side only. In an HDF5 file by
layers, a nested model is one layer, whose weights are in the order of its list of weights.

Reports: https://github.com/tensorflow/tensorflow/issues/27769 (two levels),
https://github.com/tensorflow/tensorflow/issues/34950 (frozen),
https://github.com/qubvel/efficientnet/issues/140 (another network),
https://github.com/keras-team/keras/issues/13744 (another name)
"""

from experiments.scenarios import BaseScenario, uniform


def encoder(keras):
    """Return two layers, for a nested model or by themselves."""
    return [
        keras.layers.Dense(6, activation="tanh", name="hidden"),
        keras.layers.Dense(6, activation="tanh", name="code"),
    ]


def dense(keras, layers):
    """Return a model of these layers and a head."""
    inputs = x = keras.Input(shape=(6,))
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs, keras.layers.Dense(3, name="head")(x))


def nested(name):
    """Return a maker of a model whose encoder is a Sequential of that name."""
    return lambda keras: dense(keras, [keras.Sequential(encoder(keras), name=name)])


def convolution(keras):
    """Return a model of a normalised convolution."""
    inputs = keras.Input(shape=(6, 6, 3))
    x = keras.layers.Conv2D(3, 1)(inputs)
    return keras.Model(inputs, keras.layers.BatchNormalization()(x))


def two_levels(keras):
    """A model of a model of models."""
    inputs = x = keras.Input(shape=(6, 6, 3))
    for _ in range(2):
        x = convolution(keras)(x)
    inner = keras.Model(inputs, x)
    outer = keras.Input(shape=(6, 6, 3))
    return keras.Model(outer, inner(outer))


def features(name, trainable=True, normalized_after=False):
    """Return a maker of a classifier whose features are a model of that name."""

    def model(keras):
        inputs = keras.Input(shape=(6, 6, 3))
        x = keras.layers.Conv2D(4, 1)(keras.layers.BatchNormalization()(inputs))
        if normalized_after:
            x = keras.layers.BatchNormalization()(x)
        base = keras.Model(inputs, x, name=name)
        base.trainable = trainable
        x = keras.layers.GlobalAveragePooling2D()(base(inputs))
        return keras.Model(inputs, keras.layers.Dense(3, name="head")(x))

    return model


SAVED = {
    "nested": nested("encoder"),
    "flat": lambda keras: dense(keras, encoder(keras)),
    "two_levels": two_levels,
    "features": features("features"),
    "features_frozen": features("features", trainable=False),
    "other_features": features("efficientnet-b0"),
}
LOADED = {
    "nested_then_flat": SAVED["flat"],
    "flat_then_nested": SAVED["nested"],
    "inner_renamed": nested("backbone"),
    "two_levels": two_levels,
    "frozen_when_saved": SAVED["features"],
    "frozen_when_loaded": SAVED["features_frozen"],
    "other_network_inside": features("efficientnetb0", normalized_after=True),
}


class Scenario(BaseScenario):
    """A case is the nesting of the loader's model; layers have names where names decide."""

    def build(self, tf, cell):
        return SAVED[cell["saved_as"]](tf.keras)

    def rebuild(self, tf, cell):
        return LOADED[cell["case"]](tf.keras)

    def inputs(self, cell):
        dense = cell["saved_as"] in ("nested", "flat")
        return [uniform(4, 6) if dense else uniform(4, 6, 6, 3)]
