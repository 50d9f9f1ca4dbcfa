"""Weights are loaded into a model without variables. Is the load rejected, or completed later?

Other cases build the model first, or call it once, as users do.

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
"""The first call on the loader's model, before it loads weights; in other cases none."""


class Scenario(BaseScenario):
    """A case is a kind of model, and the first call of the loading program."""

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
