"""A custom layer's code is edited between saving and loading. Is the edit noticed?

`seed_example_3` meant to ask this. Here the layer is built, and its weight and two arguments change
the result. An edit is a text and its replacement, so the classes are those of a user's script. The
loader gives its class in `custom_objects`.
"""

from experiments.scenarios import BaseScenario, uniform

SAVED = """
class MyCustomLayer(tf.keras.layers.Layer):

    def __init__(self, units=32, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.scale = scale

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))

    def call(self, inputs):
        return tf.math.sin(tf.matmul(inputs, self.kernel)) * self.scale

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units, "scale": self.scale})
        return config
"""
KERNEL = """self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))
"""
BIAS = """        self.bias = self.add_weight(name="bias", shape=(self.units,))
"""
OFFSET = {
    "self.scale = scale": "self.scale = scale\n        self.offset = offset",
    "* self.scale": "* self.scale + self.offset",
    '"scale": self.scale': '"scale": self.scale, "offset": self.offset',
}
EDITS = {
    "code_edited": {"sin": "cos"},
    "weight_added": {KERNEL: KERNEL + BIAS, "* self.scale": "* self.scale + self.bias"},
    "argument_renamed": {"scale": "factor"},
    "argument_removed": {
        ", scale=1.0": "",
        "self.scale = scale": "self.scale = 1.0",
        ', "scale": self.scale': "",
    },
    "argument_added": {"scale=1.0": "scale=1.0, offset=0.0", **OFFSET},
    "argument_added_required": {"self, units=32": "self, offset, units=32", **OFFSET},
    "arguments_edited": {"self, units=32": "self, offset, units=32", **OFFSET, "scale": "factor"},
}
"""The loader's text for each text of the saver, by case."""

ARGUMENTS = {"units": 6, "scale": 0.5}
EDITED_ARGUMENTS = {
    "arguments_edited": {"units": 6, "factor": 0.5, "offset": 0.0},
}
"""The arguments in the loader's program, where they differ from `ARGUMENTS`."""


def layer_class(tf, edits):
    """Return the class after these edits of its code."""
    code = SAVED
    for old, new in edits.items():
        code = code.replace(old, new)
    script = {"tf": tf, "__name__": "__main__"}
    exec(code, script)
    return script["MyCustomLayer"]


def model(keras, layer):
    """Return a model of the custom layer and a dense layer."""
    return keras.Sequential([layer, keras.layers.Dense(3, activation="softmax")])


class Scenario(BaseScenario):
    """Not compiled: the layer alone can be rejected."""

    def build(self, tf, cell):
        layer = layer_class(tf, {})
        return model(tf.keras, layer(input_shape=(5,), name="custom_layer", **ARGUMENTS))

    def rebuild(self, tf, cell):
        layer = layer_class(tf, EDITS[cell["case"]])
        arguments = EDITED_ARGUMENTS.get(cell["case"], ARGUMENTS)
        return model(tf.keras, layer(input_shape=(5,), name="custom_layer", **arguments))

    def inputs(self, cell):
        return [uniform(4, 5)]

    def custom_objects(self, tf, cell):
        return {"MyCustomLayer": layer_class(tf, EDITS[cell["case"]])}
