"""Weights are loaded into a model that was built for another shape of inputs. Is the load rejected?

The layers are the same, but the input gives one of them another kernel. After a layer that pools
over the picture, no kernel depends on its size.
"""

from experiments.scenarios import BaseScenario, _models, uniform


def features(keras):
    """Dense layers on rows of numbers."""
    return [keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(3)]


def flattened(keras):
    """A convolution, all of whose pixels are weighed."""
    return [keras.layers.Conv2D(4, 3), keras.layers.Flatten(), keras.layers.Dense(3)]


def pooled(keras):
    """A convolution, whose pixels are averaged."""
    return [
        keras.layers.Conv2D(4, 3),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(3),
    ]


def words(keras):
    """An embedding, all of whose positions are weighed."""
    return [keras.layers.Embedding(11, 4), keras.layers.Flatten(), keras.layers.Dense(3)]


CASES = {
    "features": (features, [uniform(4, 5)], (7,)),
    "image_size": (flattened, [uniform(4, 8, 8, 3)], (10, 10, 3)),
    "channels": (flattened, [uniform(4, 8, 8, 3)], (8, 8, 1)),
    "sequence_length": (words, [_models.tokens(4, 6)], (8,)),
    "image_size_open": (pooled, [uniform(4, 8, 8, 3)], (None, None, 3)),
}
"""The layers, the inputs of the saver's model, and the input shape of the loader's."""


class Scenario(BaseScenario):
    """A case is a difference of the inputs."""

    def build(self, tf, cell):
        return self._model(tf.keras, cell, self.inputs(cell)[0].shape[1:])

    def rebuild(self, tf, cell):
        return self._model(tf.keras, cell, CASES[cell["case"]][2])

    def _model(self, keras, cell, shape):
        inputs = x = keras.Input(shape=shape)
        for layer in CASES[cell["case"]][0](keras):
            x = layer(x)
        return keras.Model(inputs, x)

    def inputs(self, cell):
        return CASES[cell["case"]][1]
