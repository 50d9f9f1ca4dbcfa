"""The model is built anew and loads the weights of a whole model's file. Does that cross releases?

Users get this advice if the whole model does not load.
"""

from experiments.scenarios import _crossing


class Scenario(_crossing.Crossing):
    """A case is a model that some release does not load whole from a file of another release."""
