"""Does a model come back that is made of models: shared, in a row, or cut out of another?

Reports: https://github.com/keras-team/keras/issues/19326 (shared, and a model for each output)
"""

from experiments.scenarios import BaseScenario, uniform


def dense(keras, width, units):
    """Return a model of one dense layer."""
    inputs = keras.Input(shape=(width,))
    return keras.Model(inputs, keras.layers.Dense(units, activation="tanh")(inputs))


def shared_and_split(keras, x, y):
    """One model for both inputs, and then a model for each."""
    shared = dense(keras, 5, 4)
    a, b = shared(x), shared(y)
    return keras.Model([x, y], [dense(keras, 4, 4)(a), dense(keras, 4, 4)(b)])


def in_a_row(keras, x, y):
    """Two models in a row, as one model on the inputs of the first."""
    first, second = dense(keras, 10, 4), dense(keras, 4, 3)
    joined = keras.layers.Concatenate()([x, y])
    return keras.Model([x, y], second(first(joined)))


def same_input(keras, x, y):
    """A model on the inputs of a second model, which is a part of it."""
    first = keras.Model([x, y], keras.layers.Concatenate()([x, y]))
    return keras.Model([x, y], dense(keras, 10, 3)(first([x, y])))


def cut_out(keras, x, y):
    """A model without its last layers."""
    shared = dense(keras, 5, 4)
    code = keras.layers.Concatenate()([shared(x), shared(y)])
    model = keras.Model([x, y], keras.layers.Dense(3)(keras.layers.Dense(6, name="code")(code)))
    return keras.Model(model.inputs, model.get_layer("code").output)


MODELS = {
    "shared_and_split": shared_and_split,
    "in_a_row": in_a_row,
    "same_input": same_input,
    "cut_out": cut_out,
}


class Scenario(BaseScenario):
    """Two inputs of five features; not compiled."""

    def build(self, tf, cell):
        inputs = [tf.keras.Input(shape=(5,)) for _ in range(2)]
        return MODELS[cell["case"]](tf.keras, *inputs)

    def inputs(self, cell):
        return [uniform(4, 5), uniform(4, 5) * 0.5]
