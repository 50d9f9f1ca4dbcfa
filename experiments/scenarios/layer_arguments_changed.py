"""The loader's code gives a layer another argument, one that no weight depends on. Is it refused?

Where only training depends on it, the model is compiled, and trained for a step after loading.
"""

from experiments.scenarios import _edited, _models, need, uniform
from experiments.scenarios._edited import chain
from experiments.scenarios._stacks import vectors


def pictures():
    """Four small pictures."""
    return [uniform(4, 8, 8, 3)]


def pixels():
    """The same pictures, in the range of bytes."""
    return [(uniform(4, 8, 8, 3) + 1.0) * 127.5]


def sequences():
    """Four sequences of six steps of six numbers, so that either axis can be normalised."""
    return [uniform(4, 6, 6)]


def words():
    """Four sentences that end in two zeros, which stand for no word."""
    tokens = _models.tokens(4, 6)
    tokens[:, 4:] = 0
    return [tokens]


def edited(kind, argument, *arguments):
    """Return a maker of one layer of this kind; the argument without a name is its first."""

    def make(layers, value):
        keras = layers.tf.keras
        layer = need(keras, "layers." + kind, "layers.experimental.preprocessing." + kind)
        if argument:
            return layer(*arguments, name="edited", **{argument: value})
        return layer(value, name="edited")

    return make


def first(make):
    """Return a maker of the layer, and of layers after it that take pictures of any size."""
    return lambda layers, x, value: chain(
        x,
        make(layers, value),
        layers.Conv2D(4, 2, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3),
    )


def middle(make):
    """Return a maker of the layer between two others."""
    return lambda layers, x, value: chain(x, layers.Dense(6), make(layers, value), layers.Dense(3))


def bidirectional(layers, value):
    """An LSTM for each direction."""
    return layers.Bidirectional(layers.LSTM(4, return_sequences=True), value, name="edited")


def masked(layers, x, value):
    """An embedding, which masks absent words if `value` is true."""
    return chain(x, layers.Embedding(11, 4, mask_zero=value, name="edited"), layers.LSTM(5))


ARGUMENTS = {
    "batch_epsilon": (vectors, middle(edited("BatchNormalization", "epsilon")), 0.001, 0.1),
    "batch_momentum": (vectors, middle(edited("BatchNormalization", "momentum")), 0.99, 0.5),
    "batch_axis": (sequences, middle(edited("BatchNormalization", "axis")), 2, 1),
    "dropout_rate": (vectors, middle(edited("Dropout", "rate")), 0.1, 0.6),
    "padding": (pictures, first(edited("Conv2D", "padding", 4, 3)), "valid", "same"),
    "strides": (pictures, first(edited("Conv2D", "strides", 4, 3)), 1, 2),
    "dilation": (pictures, first(edited("Conv2D", "dilation_rate", 4, 3)), 1, 2),
    "pool_size": (pictures, first(edited("MaxPooling2D", "pool_size")), 2, 3),
    "leaky_slope": (vectors, middle(edited("LeakyReLU", None)), 0.3, 0.01),
    "rescaling": (pixels, first(edited("Rescaling", "scale")), 1 / 255, 1 / 127.5),
    "go_backwards": (sequences, middle(edited("LSTM", "go_backwards", 5)), False, True),
    "recurrent_activation": (
        sequences,
        middle(edited("LSTM", "recurrent_activation", 5)),
        "sigmoid",
        "hard_sigmoid",
    ),
    "merge_mode": (sequences, middle(bidirectional), "sum", "ave"),
    "mask_zero": (words, masked, True, False),
}
"""The inputs, the maker of the model, the saver's value of the argument and the loader's."""


class Scenario(_edited.EditedModels):
    """A case is an argument of one layer."""

    RESUMES = True
    TRAINED = ("batch_momentum", "dropout_rate")

    def _model(self, tf, cell, value):
        make = ARGUMENTS[cell["case"]][1]
        model = super(Scenario, self)._model(tf, cell, lambda *tensors: make(*tensors + (value,)))
        if cell["case"] in self.TRAINED:
            keras = tf.keras
            model.compile(keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError())
        return model

    CASES = {case: (arrays, old, new) for case, (arrays, _, old, new) in ARGUMENTS.items()}
