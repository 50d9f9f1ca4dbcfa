"""Does a file of one release load in another, and compute the same results?"""

from experiments.scenarios import WHOLE_MODEL, BaseScenario, _models


class Scenario(BaseScenario):
    """A case is a kind of model; whole models are compiled unless the case excludes it."""

    def build(self, tf, cell):
        kind, _, uncompiled = cell["case"].partition("_")
        model = getattr(_models, kind)(tf.keras)
        if cell["format"] in WHOLE_MODEL and not uncompiled:
            model.compile(optimizer="adam", loss="mse")
        return model

    def inputs(self, cell):
        return _models.INPUTS[cell["case"].partition("_")[0]]()
