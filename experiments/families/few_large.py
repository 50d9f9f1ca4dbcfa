"""Few large layers, for the cost of a load per byte."""


def build(keras, units):
    """Return two dense layers of `units` each."""
    inputs = keras.Input(shape=(units,))
    hidden = keras.layers.Dense(units, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Dense(units)(hidden))
