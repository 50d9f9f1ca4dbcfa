"""Weights are loaded into a model one of whose layers has another size: is it refused?

Also for what is no size but belongs to the layer as much: its activation, its dtype. A model is
three layers of one kind, so that the first, the middle and the last are alike in all but their
place; embeddings, which only ever stand first, are side by side. Layers are not named, as usual.
"""

from experiments.scenarios import BaseScenario, _models, uniform

PLACES = ("first", "middle", "last")
SAVED = {
    "dense": [
        {"units": 8, "activation": "relu"},
        {"units": 6, "activation": "relu"},
        {"units": 3, "activation": "tanh"},
    ],
    "convolution": [
        {"filters": 4, "kernel_size": 3},
        {"filters": 6, "kernel_size": 3},
        {"filters": 2, "kernel_size": 3},
    ],
    "embedding": [
        {"input_dim": 11, "output_dim": 2},
        {"input_dim": 11, "output_dim": 3},
        {"input_dim": 11, "output_dim": 4},
    ],
}
CHANGED = {
    "units": {"units": 7},
    "filters": {"filters": 5},
    "kernel_size": {"kernel_size": 2},
    "vocabulary": {"input_dim": 13},
    "activation": {"activation": "sigmoid"},
    "dtype": {"dtype": "float16"},
}


def dense(keras, first, *others):
    """Dense layers, one after the other."""
    layers = [keras.layers.Dense(input_shape=(5,), **first)]
    return keras.Sequential(layers + [keras.layers.Dense(**other) for other in others])


def convolution(keras, first, *others):
    """Convolutions that keep the picture's size, so that no layer depends on another's kernel."""
    layers = [keras.layers.Conv2D(input_shape=(8, 8, 3), padding="same", **first)]
    return keras.Sequential(
        layers + [keras.layers.Conv2D(padding="same", **other) for other in others]
    )


def embedding(keras, *arguments):
    """Embeddings side by side, an input for each."""
    inputs = [keras.Input(shape=(6,), dtype="int32") for _ in arguments]
    vectors = [keras.layers.Embedding(**a)(i) for a, i in zip(arguments, inputs)]
    return keras.Model(inputs, keras.layers.Concatenate()(vectors))


MODELS = {"dense": dense, "convolution": convolution, "embedding": embedding}
INPUTS = {
    "dense": lambda: [uniform(4, 5)],
    "convolution": lambda: [uniform(4, 8, 8, 3)],
    "embedding": lambda: [_models.tokens(4, 6)] * 3,
}


class Scenario(BaseScenario):
    """A case is a changed argument and its position (`units_first`); its kind of model is saved."""

    def build(self, tf, cell):
        kind = cell["saved_as"]
        return MODELS[kind](tf.keras, *SAVED[kind])

    def rebuild(self, tf, cell):
        kind = cell["saved_as"]
        what, _, place = cell["case"].rpartition("_")
        arguments = [dict(saved) for saved in SAVED[kind]]
        arguments[PLACES.index(place)].update(CHANGED[what])
        return MODELS[kind](tf.keras, *arguments)

    def inputs(self, cell):
        return INPUTS[cell["saved_as"]]()
