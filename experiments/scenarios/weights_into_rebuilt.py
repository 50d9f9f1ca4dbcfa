"""The model is built anew and given a whole model's file for its weights: does that cross releases?

It is the remedy that is given where the model itself does not load. The models are those.
"""

from experiments.scenarios import _crossing


class Scenario(_crossing.Crossing):
    """A case is a model that some release does not load as a whole from another's file."""
