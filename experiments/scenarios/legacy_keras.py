"""Does `tf_keras`, chosen by `TF_USE_LEGACY_KERAS=1`, read files of Keras 2 and Keras 3?

Users get this advice where Keras 3 does not read a file of Keras 2.

Reports: https://github.com/haverland/Tenth-of-step-of-a-meter-digit/issues/32
"""

from experiments.scenarios import _crossing


class Scenario(_crossing.Crossing):
    """A case is a model that Keras 2 or Keras 3 does not read from the other, or `mlp`."""
