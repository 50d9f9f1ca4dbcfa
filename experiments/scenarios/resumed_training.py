"""A model is trained, saved and loaded. Does its training go on where it was?

Report: https://github.com/tensorflow/tensorflow/issues/44670
"""

from experiments.scenarios import BaseScenario, uniform

EPOCHS = 3


class Scenario(BaseScenario):
    """A hidden layer, normalised; the optimizer keeps no slot, or one or two for each weight."""

    def build(self, tf, cell):
        keras = tf.keras
        model = keras.Sequential(
            [
                keras.layers.Dense(8, activation="tanh", input_shape=(5,)),
                keras.layers.BatchNormalization(),
                keras.layers.Dense(3),
            ]
        )
        loss = keras.losses.MeanSquaredError()
        model.compile(optimizer=_optimizer(keras.optimizers, cell["case"]), loss=loss)
        return model

    def train(self, tf, model, cell):
        targets = uniform(16, 3)
        model.fit(uniform(16, 5), targets, batch_size=16, epochs=EPOCHS, shuffle=False, verbose=0)

    def inputs(self, cell):
        return [uniform(4, 5)]


def _optimizer(optimizers, case):
    if case == "schedule":
        return optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, EPOCHS, 0.5))
    if case == "sgd_momentum":
        return optimizers.SGD(0.1, momentum=0.9)
    return optimizers.Adam(0.05)
