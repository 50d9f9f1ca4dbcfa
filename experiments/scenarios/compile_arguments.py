"""Do the arguments of `compile` come back: loss, metrics, their weights?

Not trained before it is saved. Reports: https://github.com/tensorflow/tensorflow/issues/70263
(loss by name), https://github.com/keras-team/keras/issues/19330 (loss of Keras 2)
"""

from experiments.scenarios import BaseScenario, need, uniform


def one_output(keras):
    """A hidden layer, probabilities."""
    layers = [
        keras.layers.Dense(8, activation="relu", input_shape=(5,)),
        keras.layers.Dense(3, activation="sigmoid"),
    ]
    return keras.Sequential(layers)


def two_outputs(keras):
    """Two heads on one body."""
    inputs = keras.Input(shape=(5,))
    body = keras.layers.Dense(8, activation="relu")(inputs)
    heads = [keras.layers.Dense(units, name=name)(body) for name, units in (("a", 3), ("b", 2))]
    return keras.Model(inputs, heads)


def squared(keras):
    """Return a loss as an object."""
    return keras.losses.MeanSquaredError()


class Scenario(BaseScenario):
    """A case is a model, and the arguments of `compile` without the optimizer."""

    CASES = {
        "loss_name": (one_output, lambda keras: {"loss": "mse"}),
        "loss_object": (one_output, lambda keras: {"loss": squared(keras)}),
        "loss_function": (
            one_output,
            lambda keras: {"loss": need(keras, "losses.mean_squared_error", "losses.MSE")},
        ),
        "loss_from_logits": (
            one_output,
            lambda keras: {"loss": keras.losses.BinaryCrossentropy(from_logits=True)},
        ),
        "loss_argument": (one_output, lambda keras: {"loss": keras.losses.Huber(0.25)}),
        "loss_of_each_by_name": (two_outputs, lambda keras: {"loss": {"a": "mae", "b": "mse"}}),
        "loss_of_each": (two_outputs, lambda keras: {"loss": ["mae", "mse"]}),
        "loss_weights": (
            two_outputs,
            lambda keras: {"loss": [squared(keras)] * 2, "loss_weights": [0.2, 0.8]},
        ),
        "metric_name": (one_output, lambda keras: {"metrics": ["mae"]}),
        "metric_accuracy": (one_output, lambda keras: {"metrics": ["accuracy"]}),
        "metric_object": (
            one_output,
            lambda keras: {"metrics": [keras.metrics.MeanAbsoluteError()]},
        ),
        "metric_function": (
            one_output,
            lambda keras: {"metrics": [need(keras, "losses.mean_absolute_error", "losses.MAE")]},
        ),
        "weighted_metric": (one_output, lambda keras: {"weighted_metrics": ["mae"]}),
        "optimizer_default": (one_output, lambda keras: {}),
    }

    def build(self, tf, cell):
        make, arguments = self.CASES[cell["case"]]
        model = make(tf.keras)
        compiled_with = {"loss": squared(tf.keras)}  # most releases bring this loss back
        if cell["case"] != "optimizer_default":
            compiled_with["optimizer"] = tf.keras.optimizers.SGD(0.1)
        compiled_with.update(arguments(tf.keras))
        model.compile(**compiled_with)
        return model

    def inputs(self, cell):
        return [uniform(4, 5)]
