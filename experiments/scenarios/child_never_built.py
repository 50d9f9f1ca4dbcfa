"""A custom layer has inner layers, and makes their variables when it is called. Do they come back?

Two comparisons: layers that make the variables in `build`, as the guides advise, and layers that
make other inner layers on reload, because their config leaves an argument out.

Reports: https://github.com/NatLabRockies/polyID/issues/6 (children not built),
https://github.com/bayesflow-org/bayesflow/issues/423 (depth left out),
https://github.com/remigenet/TKAN/issues/15 (another shape on reload),
https://github.com/keras-team/keras/issues/20128 (autoencoder)
"""

from experiments.scenarios import BaseScenario, uniform


def block(keras, makes=None, tells=("units", "depth")):
    """Return a class of dense layers; `makes` is its `build`, its config holds `tells`."""

    class Block(keras.layers.Layer):
        def __init__(self, units=4, depth=2, **kwargs):
            super().__init__(**kwargs)
            self.units, self.depth, self.scale = units, depth, 1.0
            self.inner = [keras.layers.Dense(units) for _ in range(depth)]
            self.last = keras.layers.Dense(3)

        def call(self, inputs):
            inputs = inputs * self.scale
            for layer in self.inner:
                inputs = layer(inputs)
            return self.last(inputs)

        def get_config(self):
            config = super().get_config()
            config.update({name: getattr(self, name) for name in tells})
            return config

    if makes is not None:
        Block.build = makes
        Block.compute_output_shape = lambda self, input_shape: (input_shape[0], 3)
    return Block


def scale(layer, input_shape):
    """Make a variable of the layer, and leave those of its children to their first call."""
    layer.scale = layer.add_weight(name="scale", shape=(input_shape[-1],))
    layer.built = True


def children(layer, input_shape):
    """Make the variables of all children."""
    width = input_shape[-1]
    for child in layer.inner:
        child.build((None, width))
        width = layer.units
    layer.last.build((None, width))
    layer.built = True


BLOCKS = {
    "build_forgets_children": {"makes": scale},
    "build_makes_children": {"makes": children},
    "autoencoder": {"makes": scale},
    "depth_left_out": {"tells": ["units"]},
    "width_left_out": {"tells": ["depth"]},
}


def autoencoder(keras, kind):
    """Return a class of model that holds an encoder and a decoder."""

    class Autoencoder(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.encoder, self.decoder = kind(6, 1), kind(6, 2)

        def call(self, inputs):
            return self.decoder(self.encoder(inputs))

        def get_config(self):
            return {}

    return Autoencoder


class Scenario(BaseScenario):
    """A case is a class in a functional model, or in a subclassed autoencoder."""

    def build(self, tf, cell):
        model = self.rebuild(tf, cell)
        model(tf.constant(uniform(4, 5)))  # the first call makes the variables, as in training
        return model

    def rebuild(self, tf, cell):
        classes = self.custom_objects(tf, cell)
        if cell["case"] == "autoencoder":
            model = classes["Autoencoder"]()
            model(tf.constant(uniform(4, 5)))
            return model
        inputs = tf.keras.Input(shape=(5,))
        return tf.keras.Model(inputs, classes["Block"](6, 1)(inputs))

    def inputs(self, cell):
        return [uniform(4, 5)]

    def custom_objects(self, tf, cell):
        kind = block(tf.keras, **BLOCKS.get(cell["case"], {}))
        return {"Block": kind, "Autoencoder": autoencoder(tf.keras, kind)}
