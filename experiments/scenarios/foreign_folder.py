"""A folder that `model.save` did not write is given to `load_model`: does the model come back?

TensorFlow's `tf.saved_model.save`, and `model.export` that calls it for serving, write folders that
look the same from outside. A `.keras` file that was unzipped, by hand or by a download, is a folder
as well.

Reports: https://github.com/keras-team/keras/issues/20381 (no weights in the folder)
"""

import os
import zipfile

from experiments.scenarios import BaseScenario, Skip, _models, need

UNZIPPED = "unzipped"


class Scenario(BaseScenario):
    """Not compiled, because those calls do not keep the arguments of `compile`."""

    def build(self, tf, cell):
        return _models.mlp(tf.keras)

    def inputs(self, cell):
        return _models.INPUTS["mlp"]()

    def save(self, tf, model, path, cell):
        if cell["saved_as"] == "saved_by_tensorflow":
            tf.saved_model.save(model, path)
        elif cell["saved_as"] == "exported":
            need(model, "export")(path)
        else:
            model.save(path)

    def prepare(self, path, cell):
        if cell["format"] != "keras":
            return path
        if not zipfile.is_zipfile(path):
            raise Skip("a file named .keras is no archive in this release")
        with zipfile.ZipFile(path) as archive:
            archive.extractall(UNZIPPED)
        if cell["case"] == "unzipped_without_weights":
            os.remove(os.path.join(UNZIPPED, "model.weights.h5"))
        return UNZIPPED
