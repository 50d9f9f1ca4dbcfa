"""A small model that is compiled and trained before it is saved."""

from experiments.scenarios import BaseScenario, uniform

STEPS = 3


class Trained(BaseScenario):
    """A hidden layer, normalised; a case is the optimizer."""

    OPTIMIZERS = {}

    def compiled(self, tf, make):
        """Return the model, compiled with the optimizer that `make` takes from `optimizers`."""
        layers = tf.keras.layers
        model = tf.keras.Sequential(
            [
                layers.Dense(8, activation="tanh", input_shape=(5,)),
                layers.BatchNormalization(),
                layers.Dense(3),
            ]
        )
        loss = tf.keras.losses.MeanSquaredError()
        model.compile(optimizer=make(tf.keras.optimizers), loss=loss)
        return model

    def build(self, tf, cell):
        return self.compiled(tf, self.OPTIMIZERS[cell["saved_as"]])

    def train(self, tf, model, cell):
        model.run_eagerly = True  # the same numbers without the second that tracing takes
        for _ in range(STEPS):
            model.train_on_batch(uniform(16, 5), uniform(16, 3))
        model.run_eagerly = False

    def inputs(self, cell):
        return [uniform(4, 5)]
