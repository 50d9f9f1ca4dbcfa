"""Weights go into a model with another vocabulary, other bins, another mean. Is the load rejected?

All shapes are the same; only the meaning of an index or a number differs. The adapted values of
Normalization are weights in the file, and have to come back.
"""

from experiments.scenarios import BaseScenario, _preprocessing
from experiments.scenarios._preprocessing import call

SAVED = {
    "words": call("StringLookup", vocabulary=["red", "green", "blue"]),
    "words_adapted": call("StringLookup"),
    "bins": call("Discretization", [-0.5, 0.0, 0.5]),
    "mean": call("Normalization", mean=[3.0] * 5, variance=[2.0] * 5),
    "normalization_adapted": call("Normalization"),
}
LOADED = {
    "words_reordered": call("StringLookup", vocabulary=["blue", "green", "red"]),
    "words_replaced": call("StringLookup", vocabulary=["red", "green", "grey"]),
    "word_added": call("StringLookup", vocabulary=["black", "red", "green", "blue"]),
    "bins_replaced": call("Discretization", [-0.8, 0.1, 0.2]),
    "mean_replaced": call("Normalization", mean=[1.0] * 5, variance=[2.0] * 5),
}
OTHER = {
    "words_adapted": _preprocessing.column(object, "blue", "blue", "blue", "green", "green", "red"),
    "normalization_adapted": 0.5 * _preprocessing.KINDS["Normalization"][2],
}
"""The data to which the loading program adapts."""


class Scenario(BaseScenario):
    """A case is a vocabulary, or data to adapt to, that differs in the loading program."""

    def build(self, tf, cell):
        return _preprocessing.model(tf, SAVED[cell["saved_as"]])

    def train(self, tf, model, cell):
        if cell["saved_as"] in OTHER:
            _preprocessing.adapt(model, SAVED[cell["saved_as"]][0])

    def rebuild(self, tf, cell):
        noted = LOADED.get(cell["case"], SAVED[cell["saved_as"]])
        model = _preprocessing.model(tf, noted)
        if cell["saved_as"] in OTHER:
            _preprocessing.adapt(model, noted[0], OTHER[cell["saved_as"]])
        return model

    def inputs(self, cell):
        return [_preprocessing.KINDS[SAVED[cell["saved_as"]][0]][0]]
