"""Many small layers, for the cost of a load per layer."""


def build(keras, layers, units):
    """Return `layers` dense layers of `units` each, one after the other."""
    inputs = outputs = keras.Input(shape=(units,))
    for _ in range(layers):
        outputs = keras.layers.Dense(units, activation="relu")(outputs)
    return keras.Model(inputs, outputs)
