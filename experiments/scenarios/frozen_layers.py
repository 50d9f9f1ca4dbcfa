"""Layers are frozen when the model is saved, or when weights are loaded: does all come back?

A weights file must hold the weights of all layers, frozen or not. A whole model must come back with
the same layers frozen: it is compiled, so that a step of training shows them.
"""

from experiments.scenarios import WHOLE_MODEL, BaseScenario, uniform

SAVED = {"first": ["first"], "normalization": ["normalization"], "none": []}
LOADED = {
    "none_then_normalization": ["normalization"],
    "none_then_all": ["first", "normalization", "head"],
}
"""The layers that are frozen when saved, by `saved_as`; when weights are loaded, by case."""


def stack(keras, frozen):
    """Return two dense layers and a normalisation, some of them frozen."""
    model = keras.Sequential(
        [
            keras.layers.Dense(8, activation="tanh", input_shape=(5,), name="first"),
            keras.layers.BatchNormalization(name="normalization"),
            keras.layers.Dense(3, name="head"),
        ]
    )
    for name in frozen:
        model.get_layer(name).trainable = False
    return model


class Scenario(BaseScenario):
    """A case is the layers that the saver freezes, and those that the loader freezes."""

    def build(self, tf, cell):
        keras = tf.keras
        model = stack(keras, SAVED[cell["saved_as"]])
        if cell["format"] in WHOLE_MODEL:
            model.compile(keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError())
        return model

    def rebuild(self, tf, cell):
        return stack(tf.keras, LOADED.get(cell["case"], []))

    def inputs(self, cell):
        return [uniform(4, 5)]
