"""A custom layer is edited between saving and loading: is it noticed?

What the third program of `seed_example_3` meant to ask: its layer, built, with a weight and two
arguments that matter. The loader's class has the saver's name and is given in `custom_objects`.
"""

from experiments.scenarios import BaseScenario, uniform


def classes(tf):
    """Return the saver's class as `saved`, and the loader's by the edit that made it."""

    class Projection(tf.keras.layers.Layer):
        """What no edit touches."""

        def build(self, input_shape):
            self.kernel = self.add_weight(name="kernel", shape=(int(input_shape[-1]), self.units))
            super(Projection, self).build(input_shape)

        def call(self, inputs):
            return tf.math.sin(self.scale * tf.matmul(inputs, self.kernel))

        def get_config(self):
            config = super(Projection, self).get_config()
            config.update(units=self.units, scale=self.scale)
            return config

    def saved():
        class MyCustomLayer(Projection):
            def __init__(self, units=32, scale=1.0, **kwargs):
                super(MyCustomLayer, self).__init__(**kwargs)
                self.units = units
                self.scale = scale

        return MyCustomLayer
    return saved


class Scenario(BaseScenario):
    pass
