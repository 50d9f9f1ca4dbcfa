"""Weights are loaded into a model one of whose layers has another size: is it refused?

Other cases change an activation or a dtype. A model has three layers of one kind, so that the
first, the middle and the last layer differ in their position alone. Embeddings, which are always
first, stand side by side. Layers have no names, as usual.
"""

from experiments.scenarios import BaseScenario, _models, uniform

POSITIONS = ("first", "middle", "last")
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


def dense(keras, first, *following):
    """Dense layers, one after the other."""
    layers = [keras.layers.Dense(input_shape=(5,), **first)]
    return keras.Sequential(layers + [keras.layers.Dense(**arguments) for arguments in following])


def convolution(keras, first, *following):
    """Convolutions that keep the picture's size, so that no layer depends on another's kernel."""
    layers = [keras.layers.Conv2D(input_shape=(8, 8, 3), padding="same", **first)]
    return keras.Sequential(
        layers + [keras.layers.Conv2D(padding="same", **arguments) for arguments in following]
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
        argument, _, position = cell["case"].rpartition("_")
        arguments = [dict(saved) for saved in SAVED[kind]]
        arguments[POSITIONS.index(position)].update(CHANGED[argument])
        return MODELS[kind](tf.keras, *arguments)

    def inputs(self, cell):
        return INPUTS[cell["saved_as"]]()
