"""A SavedModel is loaded by a program that does not have the custom code: does it come back?

A SavedModel keeps the traced functions, so a layer computes without its class. It does not keep
attributes of the class, like those for passing masks on or for casting inputs.

Reports: https://github.com/keras-team/keras/issues/15510 (masks),
https://github.com/tensorflow/tensorflow/issues/58691,
https://github.com/tensorflow/tensorflow/issues/46659 (Lambda),
https://github.com/keras-team/keras/issues/17362 (autocast)
"""

from experiments.scenarios import BaseScenario, _lambdas, need, uniform


def custom_layer(tf):
    """A layer with a weight, between two layers of Keras."""

    class Scaled(tf.keras.layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight(name="scale", shape=(input_shape[-1],))

        def call(self, inputs):
            return inputs * self.scale

    layers = tf.keras.layers
    return [layers.Dense(4, input_shape=(5,)), Scaled(), layers.Dense(3)]


def masking_layer(tf):
    """A layer that passes masks on, from a masking layer to a recurrent layer."""

    class Doubled(tf.keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.supports_masking = True

        def call(self, inputs):
            return inputs * 2.0

    layers = tf.keras.layers
    return [layers.Masking(input_shape=(6, 3)), Doubled(), layers.SimpleRNN(5)]


def with_lambda(source):
    """A `Lambda` layer between two dense ones."""

    def layers(tf):
        dense = tf.keras.layers.Dense
        return [dense(4, input_shape=(5,)), _lambdas.run(tf, source)["layer"], dense(3)]

    return layers


def subclassed(tf, **arguments):
    """A subclassed model."""

    class Classifier(tf.keras.Model):
        def __init__(self):
            super().__init__(**arguments)
            self.hidden = tf.keras.layers.Dense(4, activation="tanh")
            self.head = tf.keras.layers.Dense(3)

        def call(self, inputs):
            return self.head(self.hidden(inputs))

    return Classifier()


def autocast_off(tf):
    """A model that takes float32 though it computes in float16."""
    set_policy = need(
        tf.keras, "mixed_precision.set_global_policy", "mixed_precision.experimental.set_policy"
    )
    set_policy("mixed_float16")
    return subclassed(tf, autocast=False)


LAYERS = {
    "custom_layer": custom_layer,
    "masking_layer": masking_layer,
    "lambda": with_lambda(_lambdas.EXPRESSION),
    "lambda_of_named_function": with_lambda(_lambdas.NAMED),
}
MODELS = {"subclassed_model": subclassed, "autocast_off": autocast_off}


class Scenario(BaseScenario):
    """The loader has no custom objects; not compiled."""

    def build(self, tf, cell):
        case = cell["saved_as"]
        if case in LAYERS:
            return tf.keras.Sequential(LAYERS[case](tf))
        model = MODELS[case](tf)
        model.predict(self.inputs(cell)[0])  # Keras saves the functions for inputs of this shape
        return model

    def inputs(self, cell):
        if cell["case"] != "masking_layer":
            return [uniform(4, 5)]
        steps = uniform(4, 6, 3)
        steps[:, 4:] = 0.0
        return [steps]
