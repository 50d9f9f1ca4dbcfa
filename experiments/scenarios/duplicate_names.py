"""Names that are used twice, or that are paths inside others. Are such weights saved, and loaded?

Reports: https://github.com/keras-team/keras/issues/12195 (a layer named like another's folder),
https://github.com/tensorflow/tensorflow/issues/27688 (two weights of one name)
"""

from experiments.scenarios import _edited
from experiments.scenarios._edited import chain
from experiments.scenarios._stacks import WIDTH, dense, stack, vectors


def inside_another(layers, x):
    """Two layers whose names are paths, and a layer named like the folder of these paths."""
    norm = layers.BatchNormalization(name="conv1/bn")
    return chain(x, dense(layers, "conv1/conv"), norm, dense(layers, "conv1"))


def scaled(layers, x, *names):
    """A custom layer, with a weight of each of these names; None is no name."""

    class Scale(layers.Layer):
        """Multiplies by one weight, and adds the other."""

        def build(self, input_shape):
            self.first, self.second = (self.add_weight(name=name, shape=(WIDTH,)) for name in names)

        def call(self, inputs):
            return inputs * self.first + self.second

    return chain(x, dense(layers, "stem"), Scale(name="scale"))


def block(layers, x):
    """A custom layer, made of two layers of one name."""

    class Block(layers.Layer):
        """One layer after the other."""

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.first, self.second = dense(layers, "projection"), dense(layers, "projection")

        def build(self, input_shape):
            self.first.build(input_shape)
            self.second.build(input_shape)
            super().build(input_shape)

        def call(self, inputs):
            return self.second(self.first(inputs))

    return chain(x, Block(name="block"))


def model(layers, make, name):
    """A model for use as a layer."""
    inputs = layers.tf.keras.Input(shape=(WIDTH,))
    return layers.tf.keras.Model(inputs, make(layers, inputs), name=name)


def inner_models(layers, x):
    """Two models side by side in one, each with a layer named `stem`."""
    return chain(x, *[model(layers, stack("stem"), name) for name in ("encoder", "decoder")])


def models_in_model(layers, x):
    """These two models inside a third."""
    return model(layers, inner_models, "autoencoder")(x)


def attributes(layers, x):
    """A subclassed model with two layers of one name."""

    class Network(layers.tf.keras.Model):
        """One layer after the other."""

        def __init__(self):
            super().__init__()
            self.stem, self.body = dense(layers, "dense"), dense(layers, "dense")

        def call(self, inputs):
            return self.body(self.stem(inputs))

    network = Network()
    network(layers.tf.zeros((1, WIDTH)))
    return network


MODELS = {
    "name_inside_another": inside_another,
    "weights": lambda layers, x: scaled(layers, x, "scale", "scale"),
    "unnamed_weights": lambda layers, x: scaled(layers, x, None, None),
    "layers": stack("stem", "stem"),
    "layers_of_layer": block,
    "layers_of_inner_models": inner_models,
    "layers_of_models_in_model": models_in_model,
    "layers_of_own_model": attributes,
}


class Scenario(_edited.EditedModels):
    """A case is a group of objects with one name; saver and loader have the same code."""

    CASES = {case: (vectors, make, make) for case, make in MODELS.items()}
