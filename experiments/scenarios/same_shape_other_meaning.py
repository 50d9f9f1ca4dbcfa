"""Weights fit the shapes of the loader's code, but mean something else. Is the load rejected?

A square kernel is transposed, or gates or axes have another order.
Reports: https://github.com/BrikerMan/Kashgari/issues/182 (GRU of CuDNN)
"""

from experiments.scenarios import _edited, uniform
from experiments.scenarios._edited import chain
from experiments.scenarios._stacks import vectors

UNITS = 5


def pictures():
    """Four small pictures."""
    return [uniform(4, 5, 5, 3)]


def sequences():
    """Four sequences of six steps."""
    return [uniform(4, 6, 3)]


def mixing(names, compute):
    """Return a maker of a custom layer that makes square weights of these names."""

    def make(layers, x):
        class Mixing(layers.Layer):
            """Computes its outputs by `compute`."""

            def build(self, input_shape):
                for name in names:
                    setattr(self, name, self.add_weight(name=name, shape=(6, 6)))

            def call(self, inputs):
                return compute(layers.tf, self, inputs)

        return chain(x, Mixing(name="mixing"), layers.Dense(3))

    return make


def attention(tf, layer, x):
    """Two weights of one shape."""
    return tf.tanh(tf.matmul(x, layer.query)) * tf.matmul(x, layer.key)


def own_lstm(layers, x):
    """An LSTM whose gates are in the order of a paper: input, forget, output, candidate."""

    class Cell(layers.LSTMCell):
        """A cell with the sizes and names of Keras's LSTM."""

        def call(self, inputs, states, training=None):
            tf = layers.tf
            h, c = states
            gates = tf.matmul(inputs, self.kernel) + tf.matmul(h, self.recurrent_kernel)
            i, f, o, g = tf.split(gates + self.bias, 4, axis=1)
            c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
            h = tf.sigmoid(o) * tf.tanh(c)
            return h, [h, c]

    return layers.RNN(Cell(UNITS), name="edited")(x)


def last(kind, *arguments, **keywords):
    """Return a maker of one layer of this kind."""
    return lambda layers, x: getattr(layers, kind)(*arguments, **dict(keywords, name="edited"))(x)


def flattened(order):
    """Return a maker of a dense layer on the numbers of a picture, in this order."""
    return lambda layers, x: layers.Dense(3)(layers.Flatten(order, name="edited")(x))


CONVOLUTION, TRANSPOSED = (
    last(kind, 3, 3, padding="same") for kind in ("Conv2D", "Conv2DTranspose")
)
GRU = {after: last("GRU", UNITS, reset_after=after) for after in (True, False)}


class Scenario(_edited.EditedModels):
    """A case is a layer whose weights have another meaning."""

    CASES = {
        "kernel_transposed": (
            vectors,
            mixing(["kernel"], lambda tf, layer, x: tf.matmul(x, layer.kernel)),
            mixing(["kernel"], lambda tf, layer, x: tf.matmul(x, tf.transpose(layer.kernel))),
        ),
        "weights_made_in_other_order": (
            vectors,
            mixing(["query", "key"], attention),
            mixing(["key", "query"], attention),
        ),
        "gate_order": (sequences, own_lstm, last("LSTM", UNITS)),
        "gru_reset_before": (sequences, GRU[True], GRU[False]),
        "gru_reset_after": (sequences, GRU[False], GRU[True]),
        "gru_of_cudnn": (sequences, GRU[True], GRU[False]),
        "channels_first": (pictures, flattened("channels_last"), flattened("channels_first")),
        "transposed_convolution": (pictures, CONVOLUTION, TRANSPOSED),
        "kernel_axes": (pictures, CONVOLUTION, CONVOLUTION),
    }

    def prepare(self, path, cell):
        if cell["case"] == "kernel_axes":
            _edited.rewrite(path, (3, 3, 3, 3), lambda kernel: kernel.transpose(3, 2, 0, 1))
        if cell["case"] == "gru_of_cudnn":
            _edited.rewrite(path, (2, 3 * UNITS), lambda bias: bias.ravel())
        return path
