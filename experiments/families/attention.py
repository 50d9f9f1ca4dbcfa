"""Encoder blocks as in a transformer, of one head.

`MultiHeadAttention` came with TensorFlow 2.4; `Attention` between dense projections has the same
kinds of variables and is in every release.
"""


def build(keras, blocks, width):
    """Return `blocks` of self-attention and two dense layers, each with its sum and norm."""
    layers = keras.layers
    inputs = outputs = keras.Input(shape=(16, width))
    for _ in range(blocks):
        query, key, value = (layers.Dense(width)(outputs) for _ in range(3))
        attended = layers.Dense(width)(layers.Attention()([query, value, key]))
        outputs = layers.LayerNormalization()(layers.Add()([outputs, attended]))
        hidden = layers.Dense(4 * width, activation="relu")(outputs)
        widened = layers.Dense(width)(hidden)
        outputs = layers.LayerNormalization()(layers.Add()([outputs, widened]))
    return keras.Model(inputs, outputs)
