"""Build the models in which faults are planted."""

# mypy: ignore-errors

import numpy

WORDS = ["red", "green", "blue", "white"]


def trained(tf):
    """Return a model whose kernels, averages and optimizer slots change in training."""
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Dense(6, activation="relu", input_shape=(5,)),
            layers.BatchNormalization(),
            layers.Dense(6, activation="tanh"),
            layers.Dense(6, activation="tanh"),
            layers.Dense(3),
        ]
    )
    mse = tf.keras.losses.MeanSquaredError()
    model.compile(tf.keras.optimizers.Adam(0.05), loss=mse, metrics=["mae"])
    return model


def dropout(tf):
    """Return a model with dropout, which draws random generator in training."""
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [layers.Dense(6, activation="relu", input_shape=(5,)), layers.Dropout(0.5), layers.Dense(3)]
    )
    model.compile(tf.keras.optimizers.SGD(0.1), loss=tf.keras.losses.MeanSquaredError())
    return model


def plain(tf, dtype="float32"):
    """Return a model that is not compiled, with a dtype policy."""
    layers, mixed = tf.keras.layers, tf.keras.mixed_precision
    policy = (getattr(mixed, "Policy", None) or mixed.experimental.Policy)(dtype)
    return tf.keras.Sequential(
        [
            layers.Dense(6, activation="relu", dtype=policy, input_shape=(5,)),
            layers.Dense(3, dtype="float32"),
        ]
    )


def embedding(tf):
    """Return a model whose vocabulary is the rows of its embedding."""
    layers = tf.keras.layers
    return tf.keras.Sequential(
        [layers.Embedding(9, 4, input_shape=(6,)), layers.Flatten(), layers.Dense(3)]
    )


def vocabulary(tf, words=WORDS):
    """Return a model whose lookup layer has a vocabulary of words."""
    layers = tf.keras.layers
    lookup = getattr(layers, "StringLookup", None)
    lookup = lookup or layers.experimental.preprocessing.StringLookup
    inputs = tf.keras.Input(shape=(6,), dtype="string")
    embedded = layers.Embedding(9, 4)(lookup(vocabulary=list(words))(inputs))
    return tf.keras.Model(inputs, layers.Dense(3)(layers.Flatten()(embedded)))


def inputs(kind):
    """Return inputs for a kind of model."""
    generator = numpy.random.RandomState(7)
    if kind == "embedding":
        return [generator.randint(0, 9, (4, 6)).astype("int32")]
    if kind == "vocabulary":
        return [numpy.array(WORDS)[generator.randint(0, 4, (4, 6))].astype(object)]
    return [generator.uniform(-1.0, 1.0, (8, 5)).astype("float32")]


KINDS = {model.__name__: model for model in (trained, dropout, plain, embedding, vocabulary)}
