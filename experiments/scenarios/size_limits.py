"""A model has very many layers, long names, a large layer, or much depth. Does it come back?

An attribute of HDF5 has room for 64 KiB, and Keras keeps lists of names in attributes. Reports:
https://github.com/keras-team/keras/issues/11104 (names of the optimizer's weights),
https://github.com/titu1994/Keras-NASNet/issues/16 (names of weights)
"""

from experiments.scenarios import BaseScenario, _models, uniform

WIDTH = 3
LONG, OVER_LIMIT = 3000, 65000
EXPERTS = 100


def name(index, length=LONG):
    """Return a layer's name of that length; the names differ in their last digits alone."""
    return ("block_" * length)[: length - 3] + "{:03d}".format(index)


def stack(keras, names):
    """Dense layers of these names; None leaves a name to Keras."""
    dense = keras.layers.Dense
    layers = [dense(WIDTH, input_shape=(WIDTH,), name=names[0])]
    return keras.Sequential(layers + [dense(WIDTH, name=chosen) for chosen in names[1:]])


def inside(keras, model, times=1):
    """A model that is a layer of a model, `times` deep."""
    for _ in range(times):
        inputs = keras.Input(shape=(WIDTH,))
        model = keras.Model(inputs, model(inputs))
    return model


def optimized(keras, model):
    """A model with an optimizer, which names two slots for each weight."""
    model.compile(optimizer=keras.optimizers.Adam(), loss=keras.losses.MeanSquaredError())
    return model


def experts_class(keras):
    """Return a layer that has a list of weights."""

    class Experts(keras.layers.Layer):
        """Adds the weights of its experts to its inputs."""

        def build(self, input_shape):
            self.experts = [
                self.add_weight(name="expert_{:03d}".format(index), shape=(WIDTH,))
                for index in range(EXPERTS)
            ]
            super(Experts, self).build(input_shape)

        def call(self, inputs):
            return inputs + sum(expert * 1.0 for expert in self.experts)

    return Experts


def experts(keras):
    """A model of this layer alone."""
    return keras.Sequential([experts_class(keras)(input_shape=(WIDTH,))])


MODELS = {
    "many_layers": lambda keras: stack(keras, [None] * 60),
    "long_name": lambda keras: stack(keras, [None, name(1)]),
    "name_over_limit": lambda keras: stack(keras, [None, name(1, OVER_LIMIT)]),
    "many_long_names": lambda keras: stack(keras, [name(index) for index in range(24)]),
    "long_names_inside": lambda k: inside(k, stack(k, [name(index) for index in range(12)])),
    "long_names_slots": lambda k: optimized(k, stack(k, [name(index) for index in range(6)])),
    "many_weights": experts,
    "deep_nesting": lambda keras: inside(keras, stack(keras, [None]), times=25),
    "large_weight": lambda keras: keras.Sequential(
        [keras.layers.Embedding(1 << 16, 16, input_shape=(WIDTH,))]  # four mebibytes
    ),
}


class Scenario(BaseScenario):
    """Compiled only where the optimizer has the long names."""

    def build(self, tf, cell):
        return MODELS[cell["case"]](tf.keras)

    def train(self, tf, model, cell):
        if cell["case"] == "long_names_slots":  # a step, without the seconds that `fit` takes
            weights = model.trainable_weights
            model.optimizer.apply_gradients([(tf.ones(w.shape), w) for w in weights])

    def inputs(self, cell):
        if cell["case"] == "large_weight":
            return [_models.tokens(4, WIDTH)]
        return [uniform(4, WIDTH)]

    def custom_objects(self, tf, cell):
        return {"Experts": experts_class(tf.keras)} if cell["case"] == "many_weights" else None
