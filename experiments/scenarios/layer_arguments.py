"""Do arguments that are objects, functions or unusual values come back with their layer?"""

from experiments.scenarios import BaseScenario, _models


def dense(keras, **arguments):
    """A layer with these arguments, and a plain layer after it."""
    layer = keras.layers.Dense(8, input_shape=(5,), **arguments)
    return keras.Sequential([layer, keras.layers.Dense(3)])


CASES = {
    "constraint": lambda keras: dense(keras, kernel_constraint=keras.constraints.MaxNorm(2.0)),
    "regularizer": lambda keras: dense(keras, kernel_regularizer=keras.regularizers.l2(0.01)),
    "activity_regularizer": lambda keras: dense(
        keras, activity_regularizer=keras.regularizers.l1(0.01)
    ),
    "initializer": lambda keras: dense(
        keras, kernel_initializer=keras.initializers.RandomNormal(stddev=0.1, seed=3)
    ),
    "activation_function": lambda keras: dense(keras, activation=keras.activations.tanh),
    "activation_layer": lambda keras: dense(keras, activation=keras.layers.LeakyReLU()),
    "no_bias": lambda keras: dense(keras, use_bias=False),
    "not_trainable": lambda keras: dense(keras, trainable=False),
    "name_with_slash": lambda keras: dense(keras, name="block1/dense"),
    "name_with_space": lambda keras: dense(keras, name="first dense"),
    "name_not_ascii": lambda keras: dense(keras, name="größe"),
}


class Scenario(BaseScenario):
    """A case is an argument of the first of two layers; not compiled."""

    def build(self, tf, cell):
        return CASES[cell["case"]](tf.keras)

    def inputs(self, cell):
        return _models.INPUTS["mlp"]()
