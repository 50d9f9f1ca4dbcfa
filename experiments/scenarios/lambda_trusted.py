"""A loader trusts the author of a `Lambda` layer: does the layer compute the same as before?

Here `load_model` stands for `enable_unsafe_deserialization` before it, where that call exists,
and `load_model_unsafe` for `safe_mode=False`. Saver and loader have one Python;
`lambda_across_pythons` asks about several.

Report: https://github.com/tensorflow/tensorflow/issues/54198 (names of the saver's script)
"""

import sys

from experiments.scenarios import _lambdas
from experiments.scenarios._lambdas import LAYER

CLOSURE = """
def times(factor):
    return keras.layers.Lambda(lambda x: x * factor)

layer = times({})
""".format
ARRAY = "np.array([1.0, 2.0, 3.0, 4.0], 'float32')"


class Scenario(_lambdas.LambdaScenario):
    """A case is a thing that a function needs beside its code, and that can get lost."""

    SCRIPTS = {
        "expression": _lambdas.EXPRESSION,
        "outer_tf": LAYER("lambda x: tf.nn.relu(x)"),
        "outer_k": LAYER("lambda x: K.abs(x)"),
        "default_value": LAYER("lambda x, factor=3.0: x * factor"),
        "closure_number": CLOSURE("3.0"),
        "closure_array": CLOSURE(ARRAY),
        "argument_number": LAYER("lambda x, factor: x * factor, arguments={'factor': 3.0}"),
        "argument_array": LAYER("lambda x, f: x * f, arguments={'f': " + ARRAY + "}"),
        "output_shape": LAYER("lambda x: x[:, :2], output_shape=(2,)"),
        "output_shape_lambda": LAYER("lambda x: x[:, :2], output_shape=lambda s: (s[0], 2)"),
        "named": _lambdas.NAMED,
    }

    def arrange(self, tf, cell):
        if cell["case"] == "outer_tf_imported":
            sys.modules["__main__"].tf = tf  # `import tensorflow as tf` in the loading program
        if cell["api"] == "load_model":
            _lambdas.trust(tf)

    def custom_objects(self, tf, cell):
        if cell["case"] == "outer_tf_given":
            return {"tf": tf}
        return _lambdas.halved(tf) if cell["case"] == "named_given" else None
