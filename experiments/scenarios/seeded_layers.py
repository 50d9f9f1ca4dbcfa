"""Does a compiled model go on to draw the same numbers in training after it was loaded?

In Keras 3 the state of a layer that draws holds a seed and a number of draws.
"""

from experiments.scenarios import BaseScenario, _models, uniform

LAYERS = {
    "dropout": lambda layers: layers.Dropout(0.4),
    "dropout_seeded": lambda layers: layers.Dropout(0.4, seed=3),
    "noise": lambda layers: layers.GaussianNoise(0.3),
}


class Scenario(BaseScenario):
    """A case is the layer that draws; it has drawn before the model is saved."""

    def build(self, tf, cell):
        keras = tf.keras
        layers = [
            keras.layers.Dense(8, activation="relu", input_shape=(5,)),
            LAYERS[cell["case"]](keras.layers),
            keras.layers.Dense(3),
        ]
        model = keras.Sequential(layers)
        model.compile(optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.MeanSquaredError())
        return model

    def train(self, tf, model, cell):
        model(tf.constant(uniform(8, 5)), training=True)  # without a step of the optimizer

    def inputs(self, cell):
        return _models.INPUTS["mlp"]()
