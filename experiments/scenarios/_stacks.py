"""Builds stacks of dense layers of one width, which differ in their names and activations."""

from experiments.scenarios import uniform
from experiments.scenarios._edited import chain

WIDTH = 6
ACTIVATIONS = ("tanh", "relu", "sigmoid")


def vectors():
    """Four vectors of that width."""
    return [uniform(4, WIDTH)]


def dense(layers, name, activation="tanh", **arguments):
    """A layer that keeps the width."""
    return layers.Dense(WIDTH, activation=activation, name=name, **arguments)


def stack(*names):
    """Return a maker of a stack of layers; neighbours have different activations."""
    return lambda layers, x: chain(
        x, *[dense(layers, name, act) for name, act in zip(names, ACTIVATIONS * 2)]
    )


def subclassed(layers, made=("stem", "body"), kept=None):
    """Return a built subclassed model that calls the layers `stem` and `body`, in this order.

    The model makes its layers in the order of `made`. An attribute has the name of its layer, or
    the name that `kept` maps the layer's name to.
    """
    attributes = dict(dict(zip(made, made)), **(kept or {}))

    class Network(layers.tf.keras.Model):
        """Two layers, each an attribute."""

        def __init__(self):
            super().__init__()
            for name in made:
                activation = "tanh" if name == "stem" else "relu"
                setattr(self, attributes[name], dense(layers, name, activation))

        def call(self, inputs):
            stem, body = (getattr(self, attributes[name]) for name in ("stem", "body"))
            return body(stem(inputs))

    network = Network()
    network(layers.tf.zeros((1, WIDTH)))
    return network
