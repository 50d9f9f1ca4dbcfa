"""A custom layer's `sin` becomes `cos` between saving and loading weights: is it noticed?

The third program of the answer from which this project grew, with the same calls in order. It saves
its model before it is built; `custom_layer_edit` asks the question that its author meant.
"""

from experiments.scenarios import BaseScenario, uniform


def saver(tf):
    """Return the model that the program saves."""
    keras = tf.keras

    class MyCustomLayer(keras.layers.Layer):
        def __init__(self, units=32, **kwargs):
            super(MyCustomLayer, self).__init__(**kwargs)
            self.units = units

        def call(self, inputs):
            return tf.math.sin(inputs)

    model_save = keras.Sequential(
        [
            MyCustomLayer(units=32, name="custom_layer"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model_save.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model_save


class Scenario(BaseScenario):
    """Both models are made in one process, as in the program."""

    def build(self, tf, cell):
        return saver(tf)

    def rebuild(self, tf, cell):
        keras = tf.keras
        saver(tf)

        class MyCustomLayer(keras.layers.Layer):
            def __init__(self, units=32, **kwargs):
                super(MyCustomLayer, self).__init__(**kwargs)
                self.units = units

            def call(self, inputs):
                return tf.math.cos(inputs)

        return keras.Sequential(
            [
                MyCustomLayer(units=32, name="custom_layer"),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )

    def inputs(self, cell):
        return [uniform(4, 10)]

    def file_name(self, cell):
        return "model_save.hdf5"
