"""Few large layers: what a load costs for each byte."""


def build(keras, units):
    """Return two dense layers of `units` each."""
    inputs = keras.Input(shape=(units,))
    hidden = keras.layers.Dense(units, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Dense(units)(hidden))
