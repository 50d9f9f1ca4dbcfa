"""Does h5py 3 read the files that h5py 2 read, in the releases that require neither?

Strings of HDF5 are text to h5py 3, and were bytes before. The ways out are an older h5py, which
the plain environments have, or a format without h5py. Reports:
https://github.com/tensorflow/tensorflow/issues/44467, https://github.com/minoh0201/DeepMicro/issues/2
"""

from experiments.scenarios import BaseScenario, _models


class Scenario(BaseScenario):
    """The same layers, compiled or not: a compiled model has more strings in its file."""

    def build(self, tf, cell):
        model = _models.mlp(tf.keras)
        if cell["case"] == "compiled":
            model.compile(optimizer="adam", loss="mse")
        return model

    def inputs(self, cell):
        return _models.INPUTS["mlp"]()
