"""Self-attention of one head, as a transformer has it.

`MultiHeadAttention` came with TensorFlow 2.4; `Attention` between dense projections has the same
kinds of variables and is in every release. The dense layers of a transformer are left out: other
kinds of models have dense layers, and they took a quarter of the time to load the model.
"""


def build(keras, blocks, width):
    """Return `blocks` of self-attention, each with its sum and norm."""
    layers = keras.layers
    inputs = outputs = keras.Input(shape=(16, width))
    for _ in range(blocks):
        query, key, value = (layers.Dense(width)(outputs) for _ in range(3))
        attended = layers.Dense(width)(layers.Attention()([query, value, key]))
        outputs = layers.LayerNormalization()(layers.Add()([outputs, attended]))
    return keras.Model(inputs, outputs)
