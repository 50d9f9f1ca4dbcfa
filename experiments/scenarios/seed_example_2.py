"""Weights of three layers are loaded into a model that has two: is it refused?

The second program of the answer from which this project grew, with the same calls in order.
"""

from experiments.scenarios import BaseScenario, uniform


def saver(keras):
    """Return the model that the program saves."""
    model_save = keras.Sequential(
        [
            keras.layers.Dense(64, activation="relu", input_shape=(10,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model_save.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model_save


class Scenario(BaseScenario):
    """Both models are made in one process, as in the program."""

    def build(self, tf, cell):
        return saver(tf.keras)

    def rebuild(self, tf, cell):
        keras = tf.keras
        saver(keras)
        return keras.Sequential(
            [
                keras.layers.Dense(64, activation="relu", input_shape=(10,)),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )

    def inputs(self, cell):
        return [uniform(4, 10)]

    def file_name(self, cell):
        return "model_save.hdf5"
