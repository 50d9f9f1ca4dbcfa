"""Weights are loaded into a model that has a layer less, or a layer more: is the load refused?

All layers have one width, so that only their number differs; `layer_size` asks about other widths.
A layer that both models have has one name in both, for loading by name.
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


def stack(keras, first, *following):
    """Dense layers of these names."""
    dense = keras.layers.Dense
    layers = [dense(WIDTH, activation="tanh", input_shape=(WIDTH,), name=first)]
    return keras.Sequential(
        layers + [dense(WIDTH, activation="tanh", name=name) for name in following]
    )


class Scenario(BaseScenario):
    """A case is a change of the saver's layers, and its position."""

    def build(self, tf, cell):
        return stack(tf.keras, *SAVED)

    def rebuild(self, tf, cell):
        return stack(tf.keras, *LOADED[cell["case"]])

    def inputs(self, cell):
        return [uniform(4, WIDTH)]
