"""A layer's name is changed after the model was built: does the model come back?

Names are read-only, so users write to `_name`, for example before they join two models.

Reports: https://github.com/keras-team/keras/issues/14356
"""

from experiments.scenarios import BaseScenario, need, uniform

LAYERS = ("input", "normalization", "hidden", "output")
"""The layers, in order; a case renames one of them."""


class Scenario(BaseScenario):
    """A normalisation that was adapted, and two dense layers."""

    def build(self, tf, cell):
        name = "Normalization"
        keras = tf.keras
        layer = need(keras.layers, name, "experimental.preprocessing." + name)
        inputs = keras.Input((5,))
        hidden = keras.layers.Dense(4, activation="tanh")(layer()(inputs))
        return keras.Model(inputs, keras.layers.Dense(3)(hidden))

    def train(self, tf, model, cell):
        model.layers[LAYERS.index("normalization")].adapt(uniform(16, 5))
        model.layers[LAYERS.index(cell["saved_as"])]._name = "renamed"

    def inputs(self, cell):
        return [uniform(4, 5)]
