"""Models with a `Lambda` layer, whose function was written in a user's script.

The compiled code and the module of a function are those of a script that was run: the file is
`train.py`, the module `__main__`. Another program loads the model.
"""

import numpy

from experiments.scenarios import BaseScenario, Skip, need, uniform

LAYER = "layer = keras.layers.Lambda({})".format
EXPRESSION = LAYER("lambda x: x * 2.0 + 1.0")
NAMED = """
def halved(x):
    return x * 0.5

layer = keras.layers.Lambda(halved)
"""


def run(tf, source):
    """Run the script `source` after its imports; return the names that it defines."""
    keras = tf.keras
    script = {"tf": tf, "keras": keras, "K": keras.backend, "np": numpy, "__name__": "__main__"}
    exec(compile(source, "train.py", "exec"), script)
    return script


def halved(tf):
    """Return the custom objects that `NAMED` needs."""
    return {"halved": run(tf, NAMED)["halved"]}


def trust(tf):
    """Call `enable_unsafe_deserialization` in the releases that have it."""
    name = "enable_unsafe_deserialization"
    try:
        enable = need(tf.keras, "config." + name, "__internal__." + name)
    except Skip:
        return
    enable()


class LambdaScenario(BaseScenario):
    """A case is a script that defines the `layer` between two dense layers; not compiled."""

    SCRIPTS = {}

    def build(self, tf, cell):
        layers = tf.keras.layers
        layer = run(tf, self.SCRIPTS[cell["saved_as"]])["layer"]
        return tf.keras.Sequential([layers.Dense(4, input_shape=(5,)), layer, layers.Dense(3)])

    def inputs(self, cell):
        return [uniform(4, 5)]
