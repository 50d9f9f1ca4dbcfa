"""The loader's code has another kind of layer than the saver's. Is it refused?

Reports: https://github.com/titu1994/Wide-Residual-Networks/issues/17 (a bias in the file alone)
"""

from experiments.scenarios import _edited, need, uniform
from experiments.scenarios._edited import chain
from experiments.scenarios._stacks import vectors


def pictures():
    """Four small pictures."""
    return [uniform(4, 8, 8, 3)]


def sequences():
    """Four sequences of six steps."""
    return [uniform(4, 6, 3)]


def edited(kind, *arguments, **keywords):
    """Return a maker of one layer of this kind, `edited`, and a dense layer after it."""
    return lambda layers, x: chain(
        x,
        getattr(layers, kind)(*arguments, name="edited", **keywords),
        layers.Dense(3, name="head"),
    )


def einsum(layers, x):
    """`Dense(6)` in another notation."""
    keras = layers.tf.keras
    layer = need(keras, "layers.EinsumDense", "layers.experimental.EinsumDense")
    return chain(x, layer("ab,bc->ac", 6, bias_axes="c", name="edited"), layers.Dense(3))


def bidirectional(layers, x):
    """An LSTM for each direction, their outputs added up."""
    both = layers.Bidirectional(layers.LSTM(5), merge_mode="sum", name="edited")
    return chain(x, both, layers.Dense(3, name="head"))


def pooling(kind):
    """Return a maker of a convolution and a layer that has no weights."""
    return lambda layers, x: chain(
        x, layers.Conv2D(4, 3, name="convolution"), getattr(layers, kind)(name="edited")
    )


class Scenario(_edited.EditedModels):
    """A case is the saver's kind of layer and the loader's."""

    CASES = {
        "bias_dropped": (pictures, edited("Conv2D", 4, 3), edited("Conv2D", 4, 3, use_bias=False)),
        "bias_added": (pictures, edited("Conv2D", 4, 3, use_bias=False), edited("Conv2D", 4, 3)),
        "convolution_to_depthwise": (
            pictures,
            edited("Conv2D", 3, 3),
            edited("DepthwiseConv2D", 3),
        ),
        "convolution_to_separable": (
            pictures,
            edited("Conv2D", 3, 3),
            edited("SeparableConv2D", 3, 3),
        ),
        "max_to_average_pooling": (
            pictures,
            pooling("GlobalMaxPooling2D"),
            pooling("GlobalAveragePooling2D"),
        ),
        "dense_to_convolution": (sequences, edited("Dense", 4), edited("Conv1D", 4, 1)),
        "dense_to_einsum": (vectors, edited("Dense", 6), einsum),
        "rnn_to_dense": (
            sequences,
            edited("SimpleRNN", 5, return_sequences=True),
            edited("Dense", 5),
        ),
        "lstm_to_gru": (sequences, edited("LSTM", 5), edited("GRU", 5)),
        "lstm_to_bidirectional": (sequences, edited("LSTM", 5), bidirectional),
        "layer_to_batch_normalization": (
            vectors,
            edited("LayerNormalization"),
            edited("BatchNormalization"),
        ),
        "batch_to_layer_normalization": (
            vectors,
            edited("BatchNormalization"),
            edited("LayerNormalization"),
        ),
    }
