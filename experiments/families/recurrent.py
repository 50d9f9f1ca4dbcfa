"""Recurrent layers over embedded words."""


def build(keras, words, width, units):
    """Return an embedding of `words` in `width`, an LSTM of `units`, and one output."""
    inputs = keras.Input(shape=(16,), dtype="int32")
    embedded = keras.layers.Embedding(words, width)(inputs)
    summed_up = keras.layers.LSTM(units)(embedded)
    return keras.Model(inputs, keras.layers.Dense(1)(summed_up))
