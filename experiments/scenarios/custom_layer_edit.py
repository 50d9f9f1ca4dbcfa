"""A custom layer is edited between saving and loading: is it noticed?

What `seed_example_3` meant to ask: its layer is built, has a weight and two arguments, all of which
matter. The loader's class has the saver's name and is given in `custom_objects`. Weights files hold
no arguments, so `arguments_edited` expects them to load; nothing but the numbers is to be relied on.
"""

from experiments.scenarios import BaseScenario, uniform


def untouched(tf):
    """Return what no edit of the arguments touches."""

    class Layer(tf.keras.layers.Layer):
        offset = 0.0

        def build(self, input_shape):
            self.kernel = self.add_weight(name="kernel", shape=(int(input_shape[-1]), self.units))
            super(Layer, self).build(input_shape)

        def call(self, inputs):
            return self.scale * tf.math.sin(tf.matmul(inputs, self.kernel)) + self.offset

    return Layer


def saved(tf):
    """Return the saver's class."""

    class MyCustomLayer(untouched(tf)):
        def __init__(self, units=32, scale=1.0, **kwargs):
            super(MyCustomLayer, self).__init__(**kwargs)
            self.units = units
            self.scale = scale

        def get_config(self):
            config = super(MyCustomLayer, self).get_config()
            config.update({"units": self.units, "scale": self.scale})
            return config

    return MyCustomLayer


def code_edited(tf):
    class MyCustomLayer(saved(tf)):
        def call(self, inputs):
            return self.scale * tf.math.cos(tf.matmul(inputs, self.kernel))

    return MyCustomLayer


def weight_added(tf):
    class MyCustomLayer(saved(tf)):
        def build(self, input_shape):
            self.bias = self.add_weight(name="bias", shape=(self.units,))
            super(MyCustomLayer, self).build(input_shape)

        def call(self, inputs):
            return super(MyCustomLayer, self).call(inputs) + self.bias

    return MyCustomLayer


def argument_renamed(tf):
    class MyCustomLayer(untouched(tf)):
        def __init__(self, units=32, factor=1.0, **kwargs):
            super(MyCustomLayer, self).__init__(**kwargs)
            self.units = units
            self.scale = factor

        def get_config(self):
            config = super(MyCustomLayer, self).get_config()
            config.update({"units": self.units, "factor": self.scale})
            return config

    return MyCustomLayer


def argument_removed(tf):
    class MyCustomLayer(untouched(tf)):
        scale = 1.0

        def __init__(self, units=32, **kwargs):
            super(MyCustomLayer, self).__init__(**kwargs)
            self.units = units

        def get_config(self):
            config = super(MyCustomLayer, self).get_config()
            config.update({"units": self.units})
            return config

    return MyCustomLayer


def argument_added(tf):
    class MyCustomLayer(untouched(tf)):
        def __init__(self, units=32, scale=1.0, offset=0.0, **kwargs):
            super(MyCustomLayer, self).__init__(**kwargs)
            self.units = units
            self.scale = scale
            self.offset = offset

        def get_config(self):
            config = super(MyCustomLayer, self).get_config()
            config.update({"units": self.units, "scale": self.scale, "offset": self.offset})
            return config

    return MyCustomLayer


def argument_added_required(tf):
    class MyCustomLayer(untouched(tf)):
        def __init__(self, units, scale, offset, **kwargs):
            super(MyCustomLayer, self).__init__(**kwargs)
            self.units = units
            self.scale = scale
            self.offset = offset

        def get_config(self):
            config = super(MyCustomLayer, self).get_config()
            config.update({"units": self.units, "scale": self.scale, "offset": self.offset})
            return config

    return MyCustomLayer


SAVED = {"units": 6, "scale": 0.5}
EDITS = {
    "code_edited": (code_edited, SAVED),
    "weight_added": (weight_added, SAVED),
    "argument_renamed": (argument_renamed, {"units": 6, "factor": 0.5}),
    "argument_removed": (argument_removed, {"units": 6}),
    "argument_added": (argument_added, SAVED),
    "argument_added_required": (argument_added_required, {"offset": 0.0, **SAVED}),
}
EDITS["arguments_edited"] = EDITS["argument_renamed"]
"""The loader's class, and the arguments that its program gives it."""


class Scenario(BaseScenario):
    """Not compiled, so that nothing but the layer can be refused."""

    def build(self, tf, cell):
        return _model(tf, saved, SAVED)

    def rebuild(self, tf, cell):
        return _model(tf, *EDITS[cell["case"]])

    def inputs(self, cell):
        return [uniform(4, 5)]

    def custom_objects(self, tf, cell):
        edited, _ = EDITS[cell["case"]]
        return {"MyCustomLayer": edited(tf)}


def _model(tf, layer, arguments):
    keras = tf.keras
    return keras.Sequential(
        [
            layer(tf)(input_shape=(5,), name="custom_layer", **arguments),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
