"""Weights are loaded into a model that has no variables yet: is it refused, or made up for later?

Beside it what users do first: build the model, or call it once.

Reports: https://github.com/tensorflow/tensorflow/issues/44240,
https://github.com/davidADSP/GDL_code/issues/85
"""

from experiments.scenarios import BaseScenario, _subclassed, uniform

MODELS = {
    "subclassed": lambda keras: _subclassed.classifier(keras)(),
    "sequential": _subclassed.sequential,
}
FIRST = {
    "built_by_shape": lambda tf, model: model.build((None, 5)),
    "called_on_data": lambda tf, model: model(tf.constant(uniform(4, 5))),
    "called_on_input": lambda tf, model: model(tf.keras.Input(shape=(5,))),
}
"""What is done to the loader's model before its weights are loaded; otherwise nothing."""


class Scenario(BaseScenario):
    """A case is the kind of model, and what the loading program does with it first."""

    def build(self, tf, cell):
        model = MODELS[cell["saved_as"]](tf.keras)
        FIRST["called_on_data"](tf, model)
        return model

    def rebuild(self, tf, cell):
        kind, _, first = cell["case"].partition("_")
        model = MODELS[kind](tf.keras)
        if first in FIRST:
            FIRST[first](tf, model)
        return model

    def inputs(self, cell):
        return [uniform(4, 5)]
