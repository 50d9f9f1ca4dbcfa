"""Weights are loaded into a model that has a layer less, or one more: is it refused?

All layers have one width, so that nothing but their number differs: where widths differ, a user
meets the clash of sizes that `layer_size` asks about. They are named, so that loading by name means
something; the layers that both models have are named alike.
"""

from experiments.scenarios import BaseScenario, uniform

SAVED = ("stem", "body", "head")
LOADED = {
    "removed_front": ("body", "head"),
    "removed_middle": ("stem", "head"),
    "removed_end": ("stem", "body"),
    "added_front": ("adapter", "stem", "body", "head"),
    "added_middle": ("stem", "adapter", "body", "head"),
    "added_end": ("stem", "body", "head", "adapter"),
}
WIDTH = 6


def stack(keras, first, *others):
    """Dense layers of these names."""
    dense = keras.layers.Dense
    layers = [dense(WIDTH, activation="tanh", input_shape=(WIDTH,), name=first)]
    return keras.Sequential(
        layers + [dense(WIDTH, activation="tanh", name=other) for other in others]
    )


class Scenario(BaseScenario):
    """A case is a change of the saver's layers, and its position."""

    def build(self, tf, cell):
        return stack(tf.keras, *SAVED)

    def rebuild(self, tf, cell):
        return stack(tf.keras, *LOADED[cell["case"]])

    def inputs(self, cell):
        return [uniform(4, WIDTH)]
