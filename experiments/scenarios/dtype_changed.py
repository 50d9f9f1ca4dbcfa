"""Weights go into a model of another precision. Is the load rejected if digits are lost?

The variables of mixed precision are float32, so both exchange their weights without
loss. Only Normalization had float16 variables in some releases.
Report: https://github.com/keras-team/keras/issues/16129 (EfficientNet, which normalises its inputs)
"""

from experiments.scenarios import BaseScenario, _preprocessing, dtype_policies, need, uniform

NORMALIZED = "_normalized"
LAYERS = "layers.Normalization", "layers.experimental.preprocessing.Normalization"


class Scenario(BaseScenario):
    """A case is the precision of the file, and the precision of the model."""

    def build(self, tf, cell):
        return self.network(tf, cell["saved_as"].replace(NORMALIZED, ""), cell)

    def rebuild(self, tf, cell):
        return self.network(tf, cell["case"].partition("_into_")[2], cell)

    def network(self, tf, name, cell):
        """Return a model of two layers, after a normalisation in some cases."""
        dense = tf.keras.layers.Dense
        dtype = dtype_policies.dtype(tf, name)
        inputs = x = tf.keras.Input(shape=(5,), dtype="float32")
        if cell["saved_as"].endswith(NORMALIZED):
            x = need(tf.keras, *LAYERS)(dtype=dtype, name="normalization")(x)
        x = dense(8, activation="relu", dtype=dtype, name="body")(x)
        return tf.keras.Model(inputs, dense(3, dtype=dtype, name="head")(x))

    def train(self, tf, model, cell):
        if cell["saved_as"].endswith(NORMALIZED):
            model.get_layer("normalization").adapt(_preprocessing.KINDS["Normalization"][2])

    def inputs(self, cell):
        return [uniform(4, 5)]
