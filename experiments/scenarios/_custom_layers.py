"""Custom objects that compute a part of a model, as a user's script defines them.

The definitions are text that is executed like a script. Messages and files then have the names of
classes and modules that a user sees.
"""

CONFIG = """
    def get_config(self):
        return dict(super().get_config(), {0}=self.{0})
"""
SCALE = """
class Scale(tf.keras.layers.Layer):

    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.gain = self.add_weight(name="gain", shape=(input_shape[-1],))

    def call(self, inputs):
        return inputs * self.gain * self.factor
""" + CONFIG.format("factor")
TOWER = """
class Tower(tf.keras.Model):

    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = tf.keras.layers.Dense(units, activation="tanh")

    def call(self, inputs):
        return self.dense(inputs)

    def get_config(self):
        return {"name": self.name, "units": self.units}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)
"""
BLOCK = """
class Block(tf.keras.layers.Layer):

    class Options:
        factor = 0.5

    def __init__(self, options, **kwargs):
        super().__init__(**kwargs)
        self.options = options

    def call(self, inputs):
        return inputs * self.options.factor
"""
SOFT_STEP = """
def soft_step(x):
    return tf.sigmoid(4.0 * x)
"""
WITH_A_NUMBER = """
class {0}(tf.keras.{1}):

    def __init__(self, number=1.0):
        self.number = number

    def __call__(self, {2}):
        return {3}

    def get_config(self):
        return {{"number": self.number}}
"""
FLAT = WITH_A_NUMBER.format(
    *("Flat", "initializers.Initializer", "shape, dtype=None, **kwargs"),
    "tf.ones(shape, dtype) * self.number",
)
SPREAD = WITH_A_NUMBER.format(
    *("Spread", "regularizers.Regularizer", "x", "self.number * tf.reduce_sum(tf.square(x))")
)
BOUNDED = WITH_A_NUMBER.format(
    *("Bounded", "constraints.Constraint", "w", "tf.clip_by_value(w, -self.number, self.number)")
)


def dense(keras, **arguments):
    """Return a dense layer as wide as the layer before it."""
    return keras.layers.Dense(6, **arguments)


def block(get_config):
    """Return the entry of a layer whose argument is an object, with this `get_config`."""
    return "Block", BLOCK + get_config, lambda keras, custom: custom(custom.Options())


LAYERS = {
    "layer": ("Scale", SCALE, lambda keras, custom: custom(factor=0.5)),
    "model_layer": ("Tower", TOWER, lambda keras, custom: custom(units=6)),
    "activation": ("soft_step", SOFT_STEP, lambda keras, custom: dense(keras, activation=custom)),
    "initializer": (
        *("Flat", FLAT),
        lambda keras, custom: dense(keras, kernel_initializer=custom(0.5)),
    ),
    "regularizer": (
        *("Spread", SPREAD),
        lambda keras, custom: dense(keras, kernel_regularizer=custom(0.5)),
    ),
    "constraint": (
        *("Bounded", BOUNDED),
        lambda keras, custom: dense(keras, kernel_constraint=custom(0.5)),
    ),
}
"""The name that the script defines, its code, and a function for the layer made with it."""
