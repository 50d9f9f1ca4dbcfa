"""Does a model of mixed precision come back between Keras 2 and the first releases of Keras 3?

Report: https://github.com/HamadYA/GhostFaceNets/issues/52
"""

from experiments.scenarios import dtype_policies


class Scenario(dtype_policies.Scenario):
    """The same model, also in the minor release of Keras 3 that the report is about."""
