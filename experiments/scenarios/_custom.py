"""A small model with a custom object, and the author's program around it."""

from experiments.scenarios import BaseScenario, need, uniform
from experiments.scenarios._custom_layers import LAYERS, dense
from experiments.scenarios._custom_training import TRAINING

KINDS = dict(LAYERS, **TRAINING)
"""For each kind: the name that the script defines, its code, and a function that uses the object.

The function returns a layer, or the arguments of `compile`.
"""


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
    """Return a model of two dense layers, with these layers between them."""
    first = dense(keras, activation="tanh", input_shape=(5,))
    return keras.Sequential([first] + list(layers) + [keras.layers.Dense(3)])


def compiled(keras, model, **arguments):
    """Compile the model with these arguments, and else with parts that every release reads back."""
    usual = {"optimizer": keras.optimizers.SGD(0.05), "loss": keras.losses.MeanSquaredError()}
    model.compile(**dict(usual, **arguments))
    return model


def model(keras, used):
    """Return a model with this layer, or a model compiled with these arguments."""
    if isinstance(used, dict):
        return compiled(keras, stack(keras), **used)
    return stack(keras, used)


class CustomObjects(BaseScenario):
    """A case is a kind of custom object; `custom` returns the object of the author's program."""

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
    """Return the entry of `KINDS` for that kind, with these edits of its code."""
    name, code, use = KINDS[kind]
    for old, new in edits:
        code = code.replace(old, new)
    return name, code, use
