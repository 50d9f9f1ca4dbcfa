"""Do the last releases of Keras 2 read each other's `.keras` files of two layers of one class?

Layers are named by default, so that the second has a number.

Reports: https://github.com/keras-team/keras/issues/18830
"""

from experiments.scenarios import BaseScenario, uniform


def sequential(keras):
    """Two convolutions, one after the other."""
    conv = keras.layers.Conv2D
    return keras.Sequential([keras.Input(shape=(8, 8, 3)), conv(3, 3), conv(3, 3)])


def functional(keras):
    """The same convolutions as a functional model."""
    inputs = keras.Input(shape=(8, 8, 3))
    return keras.Model(inputs, keras.layers.Conv2D(3, 3)(keras.layers.Conv2D(3, 3)(inputs)))


def second_model(keras):
    """The same convolutions, after another model has taken the names without a number."""
    sequential(keras)
    return sequential(keras)


MODELS = {"sequential": sequential, "functional": functional, "second_model": second_model}


class Scenario(BaseScenario):
    """A case is a way to build the model."""

    def build(self, tf, cell):
        return MODELS[cell["case"]](tf.keras)

    def inputs(self, cell):
        return [uniform(4, 8, 8, 3)]
