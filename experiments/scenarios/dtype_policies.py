"""Does a model come back in the precision that it was built in?

Report: https://github.com/HamadYA/GhostFaceNets/issues/52 (mixed_float16 of Keras 2 in Keras 3)
"""

from experiments.scenarios import BaseScenario, need, uniform

OF_LAYERS = "_of_layers"


def dtype(tf, name):
    """Return the `dtype` of a layer: a policy if `name` is the name of a policy, else the name."""
    if not name.startswith("mixed"):
        return name
    return need(tf.keras, "mixed_precision.Policy", "mixed_precision.experimental.Policy")(name)


def set_for_all(tf, name):
    """Set the precision of all layers made from now on."""
    if not name.startswith("mixed"):
        tf.keras.backend.set_floatx(name)
        return
    paths = "mixed_precision.set_global_policy", "mixed_precision.experimental.set_policy"
    need(tf.keras, *paths)(name)


class Scenario(BaseScenario):
    """A case is the saver's precision, for all layers or for each, or the loader's precision.

    In mixed precision the last layer is float32, as is usual.
    """

    def build(self, tf, cell):
        name = cell["saved_as"].replace("_compiled", "")
        arguments = {}
        if name.endswith(OF_LAYERS):
            arguments["dtype"] = dtype(tf, name.replace(OF_LAYERS, ""))
        else:
            set_for_all(tf, name)
        layers = tf.keras.layers
        model = tf.keras.Sequential(
            [
                layers.Dense(8, activation="relu", input_shape=(5,), **arguments),
                layers.Dense(
                    3, **(arguments if name.startswith("float") else {"dtype": "float32"})
                ),
            ]
        )
        if cell["saved_as"].endswith("_compiled"):
            model.compile(tf.keras.optimizers.SGD(0.1), tf.keras.losses.MeanSquaredError())
        return model

    def arrange(self, tf, cell):
        _, sets, name = cell["case"].partition("loader_sets_")
        if sets:
            set_for_all(tf, name)

    def inputs(self, cell):
        return [uniform(4, 5)]
