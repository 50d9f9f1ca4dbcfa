"""A small model with a custom object, and the author's program around it."""

from experiments.scenarios import BaseScenario, need, uniform
from experiments.scenarios._custom_layers import LAYERS, dense
from experiments.scenarios._custom_training import TRAINING

KINDS = dict(LAYERS, **TRAINING)
"""For each kind: what the script defines, how, and what its author makes of it."""


def executed(tf, code, module="__main__"):
    """Return the definitions of a script, or of a module of that name."""
    script = {"tf": tf, "__name__": module}
    exec(code, script)
    return script


def defined(tf, kind, module="__main__"):
    """Return the class or function of that kind."""
    name, code, _ = KINDS[kind]
    return executed(tf, code, module)[name]


def registered(tf, custom, package="Shop", **name):
    """Return the class or function, registered under the package as with the decorator."""
    paths = ("saving.register_keras_serializable", "utils.register_keras_serializable")
    return need(tf.keras, *paths)(package=package, **name)(custom)


def stack(keras, *layers):
    """Return a model of two dense layers, and of these between them."""
    first = dense(keras, activation="tanh", input_shape=(5,))
    return keras.Sequential([first] + list(layers) + [keras.layers.Dense(3)])


def compiled(keras, model, **arguments):
    """Return the model, compiled with parts that every release reads back, and the arguments."""
    usual = {"optimizer": keras.optimizers.SGD(0.05), "loss": keras.losses.MeanSquaredError()}
    model.compile(**dict(usual, **arguments))
    return model


def model(keras, used):
    """Return a model with this layer, or one that was compiled with these arguments."""
    if isinstance(used, dict):
        return compiled(keras, stack(keras), **used)
    return stack(keras, used)


class CustomObjects(BaseScenario):
    """A case is a kind of custom object; `custom` is how its author's program gets at it."""

    KINDS = KINDS

    def kind(self, case):
        return case

    def custom(self, tf, cell):
        name, code, _ = self.KINDS[self.kind(cell["saved_as"])]
        return executed(tf, code)[name]

    def build(self, tf, cell):
        use = self.KINDS[self.kind(cell["saved_as"])][2]
        return model(tf.keras, use(tf.keras, self.custom(tf, cell)))

    def inputs(self, cell):
        return [uniform(4, 5)]


class GivenObjects(CustomObjects):
    """The loader gives the saver's object, under its name."""

    def custom_objects(self, tf, cell):
        return {self.KINDS[self.kind(cell["saved_as"])][0]: self.custom(tf, cell)}


def edited(kind, *edits):
    """Return how an object of that kind is defined and used, after these edits of its class."""
    name, code, use = KINDS[kind]
    for old, new in edits:
        code = code.replace(old, new)
    return name, code, use
