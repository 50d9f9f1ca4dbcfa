"""Models inside models, for the cost of a load per level."""


def build(keras, depth, units):
    """Return a model of a dense layer and of a model of the same kind, `depth` levels deep."""
    inputs = keras.Input(shape=(units,))
    outputs = keras.layers.Dense(units, activation="relu")(inputs)
    if depth > 1:
        outputs = build(keras, depth - 1, units)(outputs)
    return keras.Model(inputs, outputs)
