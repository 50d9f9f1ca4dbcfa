"""Weights of a trained model go into a compiled one: does its training go on where it was?

Report: https://github.com/keras-team/keras/issues/19389 (`BackupAndRestore` saves and
loads weights like this)
"""

from experiments.scenarios import _trained, need


def adam(kinds):
    """Adam with the saver's arguments."""
    return kinds.Adam(0.05)


class Scenario(_trained.Trained):
    """A case is the optimizer of the loading program's model."""

    RESUMES = True
    OPTIMIZERS = {
        "adam": adam,
        "adam_built": adam,
        "sgd_momentum": lambda kinds: kinds.SGD(0.1, momentum=0.9),
        "optimizer_replaced": lambda kinds: kinds.RMSprop(0.05),
        "learning_rate_replaced": lambda kinds: kinds.Adam(0.01),
    }

    def rebuild(self, tf, cell):
        model = self.compiled(tf, self.OPTIMIZERS[cell["case"]])
        if cell["case"].endswith("_built"):
            need(model.optimizer, "build")(model.trainable_variables)
        return model
