"""Does Normalization come back between the releases that changed how it keeps mean and variance?

Report: https://github.com/keras-team/keras/issues/15348
"""

from experiments.scenarios import preprocessing_layers


class Scenario(preprocessing_layers.Scenario):
    """The same models, between other releases."""
