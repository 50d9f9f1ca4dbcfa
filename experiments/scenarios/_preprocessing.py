"""Models of one preprocessing layer and a layer with weights after it."""

import numpy

from experiments.scenarios import need, uniform
from experiments.scenarios._arguments import require

LAYER = "preprocessing"
TOKENS = 8
"""The size of the embedding: more than the largest index that a layer here returns."""


def column(dtype, *values):
    """Return an array with one value in each row."""
    return numpy.array([[value] for value in values], dtype=dtype)


def call(kind, *positional, **arguments):
    """Return a layer's kind and arguments, from which `model` makes it."""
    return kind, positional, arguments


def embedded(layers, x):
    """Look up a vector for each index."""
    return layers.Embedding(TOKENS, 3)(x)


def weighed(layers, x):
    """Weigh floats."""
    return layers.Dense(3)(layers.Flatten()(x))


WORDS = column(object, "red", "blue", "grey")
SEEN = column(object, "red", "red", "red", "green", "green", "blue")
"""The words to adapt to. No two have the same frequency, so that their order is fixed."""
PICTURES = (uniform(2, 6, 6, 3), weighed, None)
KINDS = {  # inputs, the layers after it, the data to adapt to
    "StringLookup": (WORDS, embedded, SEEN),
    "IntegerLookup": (column("int64", 7, 13, 5), embedded, column("int64", 7, 7, 7, 11, 11, 13)),
    "TextVectorization": (column(object, "red green", "Blue, red!", "grey"), embedded, SEEN),
    "Normalization": (uniform(4, 5), weighed, 2.0 * uniform(16, 5) + 3.0),
    "Discretization": (uniform(4, 5), embedded, uniform(16, 5)),
    "CategoryEncoding": (numpy.array([[0, 2], [1, 1], [2, 3]]), weighed, None),
    "Hashing": (WORDS, embedded, None),
    "Rescaling": PICTURES,
    "Resizing": PICTURES,
    "CenterCrop": PICTURES,
}


def model(tf, noted):
    """Return a model of the noted layer, which older releases call experimental."""
    kind, positional, arguments = noted
    layer_class = need(tf.keras, "layers." + kind, "layers.experimental.preprocessing." + kind)
    require(layer_class, arguments)
    array, after, _ = KINDS[kind]
    inputs = tf.keras.Input(
        shape=array.shape[1:], dtype="string" if array.dtype == object else str(array.dtype)
    )
    layer = layer_class(*positional, name=LAYER, **arguments)
    return tf.keras.Model(inputs, after(tf.keras.layers, layer(inputs)))


def adapt(network, kind, data=None):
    """Adapt the layer to `data`, or to the usual data of its kind."""
    network.get_layer(LAYER).adapt(KINDS[kind][2] if data is None else data)
