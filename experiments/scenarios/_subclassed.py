"""Builds the models without variables that several scenarios save."""


def classifier(keras, tells=("units",)):
    """Return a class of two dense layers, whose config holds the arguments in `tells`.

    With `tells=None` the class inherits the config of Keras.
    """

    class Classifier(keras.Model):
        def __init__(self, units=6, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.hidden = keras.layers.Dense(units, activation="tanh")
            self.head = keras.layers.Dense(3)

        def call(self, inputs):
            return self.head(self.hidden(inputs))

    if tells is not None:
        Classifier.get_config = lambda self: {name: getattr(self, name) for name in tells}
    return Classifier


def sequential(keras):
    """Return two dense layers without a shape of their inputs."""
    return keras.Sequential([keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(3)])
