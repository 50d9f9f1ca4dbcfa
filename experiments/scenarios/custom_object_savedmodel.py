"""A SavedModel holds the computation of a custom object. Does it load with and without its class?

Reports: https://github.com/tensorflow/tensorflow/issues/36259 (registered loss class),
https://github.com/tensorflow/tensorflow/issues/32348 (loss function)
"""

from experiments.scenarios import _custom


class Scenario(_custom.CustomObjects):
    """A case is a kind of object, and the loader's way to give it, if it does."""

    def kind(self, case):
        return case.replace("_given", "").replace("_registered", "")

    def custom(self, tf, cell):
        custom = super(Scenario, self).custom(tf, cell)
        return _custom.registered(tf, custom) if "registered" in cell["saved_as"] else custom

    def arrange(self, tf, cell):
        if cell["case"].endswith("_registered"):
            self.custom(tf, cell)

    def custom_objects(self, tf, cell):
        if not cell["case"].endswith("_given"):
            return None
        name = _custom.KINDS[self.kind(cell["case"])][0]
        return {name: self.custom(tf, cell)}
