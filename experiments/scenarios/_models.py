"""Builds the small models that several scenarios save, as a user would write them."""

import numpy

from experiments.scenarios import uniform


def mlp(keras):
    """Two dense layers."""
    return keras.Sequential(
        [
            keras.layers.Dense(8, activation="relu", input_shape=(5,)),
            keras.layers.Dense(3),
        ]
    )


def cnn(keras):
    """Convolution, batch normalisation, depthwise convolution."""
    return keras.Sequential(
        [
            keras.layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 3)),
            keras.layers.BatchNormalization(),
            keras.layers.DepthwiseConv2D(3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
        ]
    )


def rnn(keras):
    """Embedding, LSTM, GRU."""
    return keras.Sequential(
        [
            keras.layers.Embedding(11, 4, input_shape=(6,)),
            keras.layers.LSTM(5, return_sequences=True),
            keras.layers.GRU(4),
            keras.layers.Dense(3),
        ]
    )


def nested(keras):
    """A Sequential inside a functional model."""
    inner = keras.Sequential(
        [
            keras.layers.Dense(6, activation="relu", input_shape=(5,)),
            keras.layers.Dense(4, activation="tanh"),
        ]
    )
    inputs = keras.Input(shape=(5,))
    outputs = keras.layers.Dense(3)(inner(inputs))
    return keras.Model(inputs, outputs)


def tokens(*shape):
    """Return seeded word indices below the vocabulary of `rnn`."""
    return numpy.random.RandomState(7).randint(0, 11, shape).astype("int32")


INPUTS = {
    "mlp": lambda: [uniform(4, 5)],
    "cnn": lambda: [uniform(4, 8, 8, 3)],
    "rnn": lambda: [tokens(4, 6)],
    "nested": lambda: [uniform(4, 5)],
}
