"""A model or its weights are saved under a name with an unusual ending: do they load from there?

The call and the name choose the format, whichever format the release then writes.

Reports: https://github.com/hfawaz/dl-4-tsc/issues/53,
https://github.com/nicknochnack/LipNet/issues/16
"""

from experiments.scenarios import _files

NAMES = {
    "model_hdf5": "classifier.hdf5",
    "model_capital_h5": "classifier.H5",
    "model_capital_keras": "classifier.KERAS",
    "model_weights_h5": "classifier.weights.h5",
    "model_unknown": "classifier.weird",
    "model_tf": "classifier.tf",
    "model_ckpt": "classifier.ckpt",
    "model_json": "classifier.json",
    "model_dot_in_stem": "classifier-v1.0",
    "model_trailing_slash": "classifier/",
    "weights_underscore_h5": "classifier_weights.h5",
    "weights_hdf5": "classifier.hdf5",
    "weights_keras": "classifier.keras",
    "weights_capital_h5": "classifier.weights.H5",
    "weights_unknown": "classifier.weird",
    "weights_tf": "classifier.tf",
    "weights_ckpt": "classifier.ckpt",
    "weights_dot_in_stem": "weights.05-0.12",
    "weights_trailing_slash": "weights/",
}


class Scenario(_files.PlainModel):
    """A case is a kind of save, and the ending of the name, which the loader uses too."""

    def file_name(self, cell):
        return NAMES[cell["case"]]
