"""Recurrent layers over embedded words.

No LSTM: its SavedModel takes two to three times as long to load in Keras 2 as one of `SimpleRNN`,
and a quarter of the whole budget went to three models.
"""


def build(keras, words, width, units):
    """Return an embedding of `words` in `width`, a recurrent layer of `units`, and one output."""
    inputs = keras.Input(shape=(16,), dtype="int32")
    embedded = keras.layers.Embedding(words, width)(inputs)
    summed_up = keras.layers.SimpleRNN(units)(embedded)
    return keras.Model(inputs, keras.layers.Dense(1)(summed_up))
