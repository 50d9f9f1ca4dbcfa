"""A model was compiled with a loss among its metrics: does it come back?

Reports: https://github.com/keras-team/tf-keras/issues/326
"""

from experiments.scenarios import _custom, need


def function(keras):
    """Return the loss function; Keras 3 exports it under its short name alone."""
    return need(keras, "losses.mean_absolute_error", "losses.MAE")


METRICS = {
    "loss_instance": lambda keras: keras.losses.MeanAbsoluteError(),
    "loss_function": function,
    "metric_instance": lambda keras: keras.metrics.MeanAbsoluteError(),
}


class Scenario(_custom.CustomObjects):
    """A case is the object in `metrics`; nothing is custom."""

    def build(self, tf, cell):
        metric = METRICS[cell["case"]](tf.keras)
        return _custom.model(tf.keras, {"metrics": [metric]})
