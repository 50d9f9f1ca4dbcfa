"""Does `tf_keras`, asked for by `TF_USE_LEGACY_KERAS=1`, read what Keras 2 and Keras 3 wrote?

It is the remedy that is given where Keras 3 does not read a file of Keras 2.

Reports: https://github.com/haverland/Tenth-of-step-of-a-meter-digit/issues/32
"""

from experiments.scenarios import _crossing


class Scenario(_crossing.Crossing):
    """A case is a model that one of the two does not read of the other, and `mlp`."""
