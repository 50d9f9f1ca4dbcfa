"""The class of functional models was renamed between two releases: do they read each other's files?

Reports: https://github.com/tensorflow/tensorflow/issues/41929 (inside TimeDistributed)
"""

from experiments.scenarios import BaseScenario, _models, uniform


def inside_time_distributed(keras):
    """A functional model for each step of a sequence."""
    steps = keras.Input(shape=(6, 5))
    return keras.Model(steps, keras.layers.TimeDistributed(functional(keras))(steps))


def functional(keras):
    """One dense layer."""
    inputs = keras.Input(shape=(5,))
    return keras.Model(inputs, keras.layers.Dense(4, activation="tanh")(inputs))


MODELS = {
    "sequential": _models.mlp,
    "functional": functional,
    "inside_time_distributed": inside_time_distributed,
}


class Scenario(BaseScenario):
    """A case is the position of the functional model; `sequential` has none."""

    def build(self, tf, cell):
        return MODELS[cell["case"]](tf.keras)

    def inputs(self, cell):
        return [uniform(4, 6, 5) if cell["case"] == "inside_time_distributed" else uniform(4, 5)]
