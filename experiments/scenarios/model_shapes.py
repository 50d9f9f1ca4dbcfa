"""Do models that are more than a stack of layers come back, in their own release and in others?

Inputs are named, because a dictionary of them goes by their names.

Reports: https://github.com/keras-team/keras/issues/19326 (shared model),
https://github.com/tensorflow/tensorflow/issues/41929 (model inside TimeDistributed)
"""

from experiments.scenarios import BaseScenario, uniform


def shared_layer(keras, x, y):
    """One layer, used twice."""
    layer = keras.layers.Dense(4, activation="tanh")
    return keras.layers.Concatenate()([layer(x), layer(y)])


def inner(keras):
    """A functional model for use as a layer."""
    inputs = keras.Input(shape=(5,))
    return keras.Model(inputs, keras.layers.Dense(4, activation="tanh")(inputs))


def shared_model(keras, x, y):
    """One model, used twice."""
    model = inner(keras)
    return keras.layers.Concatenate()([model(x), model(y)])


def two_outputs(keras, x, y):
    """An output from each input."""
    return [keras.layers.Dense(3)(x), keras.layers.Dense(2)(y)]


def distributed_model(keras, x, y):
    """A model for each step of a sequence."""
    steps = keras.layers.Reshape((2, 5))(keras.layers.Concatenate()([x, y]))
    return keras.layers.TimeDistributed(inner(keras))(steps)


def residual(keras, x, y):
    """A layer's output added to its input."""
    return keras.layers.Add()([x, keras.layers.Dense(5, activation="tanh")(x), y])


def tensor_operation(keras, x, y):
    """Arithmetic between tensors, without a layer."""
    return keras.layers.Dense(3)(x * 2.0 - y)


def named_outputs(keras, x, y):
    """A dictionary of outputs."""
    return {"head": keras.layers.Dense(3)(x), "aside": keras.layers.Dense(2)(y)}


MODELS = {
    "shared_layer": shared_layer,
    "shared_model": shared_model,
    "two_outputs": two_outputs,
    "named_inputs": two_outputs,
    "named_outputs": named_outputs,
    "distributed_model": distributed_model,
    "residual": residual,
    "tensor_operation": tensor_operation,
}


class Scenario(BaseScenario):
    """Functional models of two inputs; not compiled."""

    def build(self, tf, cell):
        x, y = (tf.keras.Input(shape=(5,), name=name) for name in ("left", "right"))
        named = cell["case"] == "named_inputs"
        inputs = {"left": x, "right": y} if named else [x, y]
        return tf.keras.Model(inputs, MODELS[cell["case"]](tf.keras, x, y))

    def inputs(self, cell):
        return [uniform(4, 5), uniform(4, 5) * 0.5]
