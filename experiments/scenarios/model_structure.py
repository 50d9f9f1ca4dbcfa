"""The layers of a model are put together in another way. Do their weights come back?

In `missing_layer` a layer is really missing.
Reports: https://github.com/pavlo-melnyk/offline-HCCR/issues/5 (a whole model of Keras 2 in Keras 3)
"""

from experiments.scenarios import _edited
from experiments.scenarios._edited import chain
from experiments.scenarios._stacks import WIDTH, dense, stack, subclassed, vectors


def sequential(layers, x):
    """The same two layers in a Sequential."""
    return layers.tf.keras.Sequential(
        [
            layers.InputLayer((WIDTH,)),
            dense(layers, "stem", "tanh"),
            dense(layers, "body", "relu"),
        ]
    )


def weightless(layers, x):
    """The same two layers, and three without weights."""
    return chain(
        x,
        dense(layers, "stem", "tanh"),
        layers.Dropout(0.5, name="dropout"),
        dense(layers, "body", "relu"),
        layers.Flatten(name="flat"),
        layers.Activation("linear", name="output"),
    )


def nested(layers, x):
    """The same two layers in a model that is a layer."""
    inputs = layers.tf.keras.Input(shape=(WIDTH,))
    return layers.tf.keras.Model(inputs, flat(layers, inputs), name="encoder")(x)


def gate_class(layers):
    """Return a class as written for Keras 2: the first call builds its inner layer."""

    class Gate(layers.Layer):
        """Multiplies its input by the output of an inner layer."""

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = dense(layers, "inner")

        def build(self, input_shape):
            super().build(input_shape)

        def call(self, inputs):
            return inputs * self.inner(inputs)

        def compute_output_shape(self, input_shape):
            return input_shape

    return Gate


def gated(layers, x):
    """The gate between two layers."""
    return chain(x, dense(layers, "stem"), gate_class(layers)(name="gate"), dense(layers, "body"))


flat = stack("stem", "body")


class Scenario(_edited.EditedModels):
    """A case is the saver's structure and the loader's."""

    CASES = {
        "flat_to_weightless": (vectors, flat, weightless),
        "flat_to_sequential": (vectors, flat, sequential),
        "sequential_to_flat": (vectors, sequential, flat),
        "flat_to_nested": (vectors, flat, nested),
        "nested_to_flat": (vectors, nested, flat),
        "flat_to_subclassed": (vectors, flat, lambda layers, x: subclassed(layers)),
        "layer_of_layers": (vectors, gated, gated),
    }

    def custom_objects(self, tf, cell):
        return {"Gate": gate_class(_edited.Kit(tf))}
