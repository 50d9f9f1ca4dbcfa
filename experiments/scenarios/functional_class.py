"""A functional model is made by the constructor of its class: does it come back?

Reports: https://github.com/tensorflow/tensorflow/issues/100327 (an empty config),
https://github.com/keras-team/keras/issues/20979 (a config that adds to the inherited config)
"""

from experiments.scenarios import _custom
from experiments.scenarios._custom_layers import CONFIG

CLASSIFIER = """
class Classifier(tf.keras.Model):

    def __init__(self, units, **kwargs):
        inputs = tf.keras.Input(shape=(5,))
        outputs = tf.keras.layers.Dense(units)(inputs)
        super().__init__(inputs=inputs, outputs=outputs, **kwargs)
        self.units = units
"""
RETURNED = """
    def get_config(self):
        return {}
"""


def classifier(get_config):
    """Return the entry of the class with this `get_config`."""
    return "Classifier", CLASSIFIER + get_config, lambda keras, custom: custom(units=3)


class Scenario(_custom.GivenObjects):
    """A case is the content of the class's config."""

    KINDS = {
        "empty_config": classifier(RETURNED),
        "own_config": classifier(RETURNED.replace("{}", '{"units": self.units}')),
        "inherited_config": classifier(""),
        "extended_config": classifier(CONFIG.format("units")),
    }

    def build(self, tf, cell):
        return self.KINDS[cell["saved_as"]][2](tf.keras, self.custom(tf, cell))
