"""Recurrent layers over embedded words.

A SavedModel of an LSTM takes four times as long to load as one of `SimpleRNN`, because it has the
function of its loop in several variants; that much of the budget would go to three models.
"""


def build(keras, words, width, units):
    """Return an embedding of `words` in `width`, a recurrent layer of `units`, and one output."""
    inputs = keras.Input(shape=(16,), dtype="int32")
    embedded = keras.layers.Embedding(words, width)(inputs)
    summed_up = keras.layers.SimpleRNN(units)(embedded)
    return keras.Model(inputs, keras.layers.Dense(1)(summed_up))
