"""Does a model of mixed precision come back between Keras 2 and the first releases of Keras 3?

Report: https://github.com/HamadYA/GhostFaceNets/issues/52
"""

from experiments.scenarios import dtype_policies


class Scenario(dtype_policies.Scenario):
    """The models of `dtype_policies`, also in the minor release of Keras 3 of the report."""
