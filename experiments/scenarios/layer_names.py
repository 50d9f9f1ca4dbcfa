"""Layers, weights or attributes have other names in the loader's code. Does everything come back?

Also where nobody chose the names: Keras numbers layers, and goes on counting in the next model.
"""

from experiments.scenarios import _edited
from experiments.scenarios._edited import chain
from experiments.scenarios._stacks import WIDTH, dense, stack, subclassed, vectors


def unnamed(layers, x):
    """Three layers, named by Keras."""
    return stack(None, None, None)(layers, x)


def second_model(layers, x):
    """The same three layers, made after another model."""
    dense(layers, None)(layers.tf.keras.Input(shape=(WIDTH,)))
    return unnamed(layers, x)


def nested(layers, x, name):
    """A model of this name inside a model."""
    inputs = layers.tf.keras.Input(shape=(WIDTH,))
    inner = layers.tf.keras.Model(inputs, stack("stem", "body")(layers, inputs), name=name)
    return dense(layers, "head")(inner(x))


def scaled(layers, x, name):
    """A custom layer, whose weight has this name but always the same attribute."""

    class Scale(layers.Layer):
        """Multiplies by a weight."""

        def build(self, input_shape):
            self.scale = self.add_weight(name=name, shape=(WIDTH,))

        def call(self, inputs):
            return inputs * self.scale

    return chain(x, dense(layers, "stem"), Scale(name="scale"))


class Scenario(_edited.EditedModels):
    """A case is the kind of object that has another name."""

    CASES = {
        "layers": (
            vectors,
            stack("stem", "body", "head"),
            stack("encoder", "hidden", "classifier"),
        ),
        "numbers": (vectors, unnamed, second_model),
        "inner_model": (
            vectors,
            lambda layers, x: nested(layers, x, "encoder"),
            lambda layers, x: nested(layers, x, "backbone"),
        ),
        "weight": (
            vectors,
            lambda layers, x: scaled(layers, x, "scale"),
            lambda layers, x: scaled(layers, x, "gamma"),
        ),
        "attribute": (
            vectors,
            lambda layers, x: subclassed(layers),
            lambda layers, x: subclassed(layers, kept={"stem": "first", "body": "second"}),
        ),
    }
    CASES["numbers_by_name"] = CASES["numbers"]
