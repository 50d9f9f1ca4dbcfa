"""A model has a custom object, and `load_model` gets none. Does an error reject and name it?

Reports: https://github.com/komo135/trade-rl/issues/9 (layer),
https://github.com/aertslab/CREsted/issues/111 (loss of another module),
https://github.com/tensorflow/tensorflow/issues/59767 (Keras's own layer that it does not export)
"""

import os
import sys

from experiments.scenarios import _custom, need, uniform

MODULE = "shop_layers"


def subclassed(tf):
    """Return a subclassed model after its first call, without which Keras does not save it."""
    model = _custom.defined(tf, "model_layer")(units=3)
    model(tf.constant(uniform(4, 5)))
    return model


def keras_own(tf):
    """Return the smallest ConvNeXt; Keras does not export the function for other sizes."""
    sized = need(tf.keras, "applications.ConvNeXtTiny").__globals__["ConvNeXt"]
    size = {"depths": [1] * 4, "projection_dims": [3] * 4, "input_shape": (32, 32, 3)}
    return sized(weights=None, include_top=False, **size)


SAVED = {"subclassed_model": subclassed, "keras_own_layer": keras_own}
"""The models of the cases that do not use the usual model with a custom object."""


class Scenario(_custom.CustomObjects):
    """In `module_present` the loading program could import the module, but does not."""

    def kind(self, case):
        return "layer" if case in ("layer_registered", "layer_of_module") else case

    def custom(self, tf, cell):
        module = MODULE if cell["saved_as"] == "layer_of_module" else "__main__"
        custom = _custom.defined(tf, self.kind(cell["saved_as"]), module)
        if cell["saved_as"] == "layer_registered":
            return _custom.registered(tf, custom)
        return custom

    def build(self, tf, cell):
        if cell["saved_as"] in SAVED:
            return SAVED[cell["saved_as"]](tf)
        return super(Scenario, self).build(tf, cell)

    def inputs(self, cell):
        return [uniform(2, 32, 32, 3) if cell["case"] == "keras_own_layer" else uniform(4, 5)]

    def prepare(self, path, cell):
        if cell["case"] == "module_present":
            with open(MODULE + ".py", "w") as stream:
                stream.write("import tensorflow as tf\n" + _custom.KINDS["layer"][1])
            sys.path.insert(0, os.getcwd())
        return path
