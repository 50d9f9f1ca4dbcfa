"""A whole model's file is given to `load_weights`: do its weights come back?

Reports: https://github.com/keras-team/keras-cv/issues/1990
"""

from experiments.scenarios import BaseScenario, _models, _subclassed, uniform


def backbone_inside(keras):
    """Return a classifier whose backbone is a functional model."""
    inputs = keras.Input(shape=(8, 8, 3))
    x = keras.layers.Conv2D(4, 3, use_bias=False, name="conv1_conv")(inputs)
    x = keras.layers.BatchNormalization(name="conv1_bn")(x)
    return keras.Sequential(
        [
            keras.Model(inputs, x, name="backbone"),
            keras.layers.GlobalMaxPooling2D(),
            keras.layers.Dense(3),
        ]
    )


def functional(keras):
    """Return two dense layers."""
    inputs = keras.Input(shape=(5,))
    hidden = keras.layers.Dense(6, activation="tanh")(inputs)
    return keras.Model(inputs, keras.layers.Dense(3)(hidden))


MODELS = {
    "sequential": _models.mlp,
    "functional": functional,
    "backbone_inside": backbone_inside,
    "subclassed": lambda keras: _subclassed.classifier(keras)(),
}


class Scenario(BaseScenario):
    """A case is the kind of model; it is called before its weights are loaded."""

    def build(self, tf, cell):
        model = MODELS[cell["case"]](tf.keras)
        model(tf.constant(self.inputs(cell)[0]))
        return model

    def inputs(self, cell):
        return [uniform(4, 8, 8, 3) if cell["case"] == "backbone_inside" else uniform(4, 5)]
