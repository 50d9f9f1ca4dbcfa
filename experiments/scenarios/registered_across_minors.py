"""A registered custom object is saved and loaded with other minor releases of Keras 3: is it found?

Reports: https://github.com/keras-team/keras/issues/20806
"""

from experiments.scenarios import _custom


class Scenario(_custom.CustomObjects):
    """Saver and loader register the same object under the same package."""

    def custom(self, tf, cell):
        return _custom.registered(tf, super(Scenario, self).custom(tf, cell))

    def arrange(self, tf, cell):
        self.custom(tf, cell)
