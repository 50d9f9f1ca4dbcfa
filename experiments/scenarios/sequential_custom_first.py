"""A Sequential begins with a custom layer or a Lambda, and learns its input shape later.

Does it come back? A Lambda's code is stored without the functions of the script that it calls.

Reports: https://github.com/keras-team/keras/issues/20214,
https://github.com/tensorflow/tensorflow/issues/70757
"""

from experiments.scenarios import BaseScenario, uniform

SCRIPT = """
class Scale(tf.keras.layers.Layer):
    def call(self, inputs):
        return inputs * 0.5

def halved(inputs):
    return inputs * 0.5

first = {
    "custom": lambda: Scale(),
    "lambda_of_function": lambda: tf.keras.layers.Lambda(halved),
    "lambda_calls_function": lambda: tf.keras.layers.Lambda(lambda x: halved(x)),
    "dense": lambda: tf.keras.layers.Dense(4),
}
"""


def script(tf):
    """Return the definitions of the author's script, whose module is `__main__`."""
    names = {"tf": tf, "__name__": "__main__"}
    exec(SCRIPT, names)
    return names


class Scenario(BaseScenario):
    """A case is the first layer, and the call that tells the model its input shape."""

    def build(self, tf, cell):
        first, _, trigger = cell["case"].rpartition("_")
        layers = [script(tf)["first"][first](), tf.keras.layers.Dense(3)]
        model = tf.keras.Sequential(layers)
        if trigger == "built":
            model.build((None, 5))
        else:
            model(tf.constant(uniform(4, 5)))
        return model

    def inputs(self, cell):
        return [uniform(4, 5)]

    def custom_objects(self, tf, cell):
        names = script(tf)
        objects = {"custom": "Scale", "lambda_of_function": "halved"}
        return {
            name: names[name] for first, name in objects.items() if cell["case"].startswith(first)
        }
