"""Models that cross between Keras 2 and Keras 3, each with a part that one of the two rejects."""

from experiments.scenarios import BaseScenario, _models, uniform


def dense(keras):
    """A dense layer."""
    return keras.Sequential([keras.layers.Dense(3, input_shape=(5,))])


def embedding(keras):
    """An embedding, whose vectors are averaged over each sentence."""
    return keras.Sequential(
        [
            keras.layers.Embedding(11, 4, input_shape=(6,)),
            keras.layers.GlobalAveragePooling1D(),
        ]
    )


def batch_normalization(keras):
    """A batch normalisation."""
    return keras.Sequential([keras.layers.BatchNormalization(input_shape=(5,))])


def convolutions(keras):
    """Two layers of one class."""
    return keras.Sequential(
        [
            keras.layers.Conv2D(3, 3, input_shape=(8, 8, 3)),
            keras.layers.Conv2D(3, 3),
        ]
    )


def grouped(keras):
    """Convolutions for which Keras 2 saves an argument `groups` that they do not accept."""
    return keras.Sequential(
        [
            keras.layers.DepthwiseConv2D(3, input_shape=(8, 8, 3)),
            keras.layers.Conv2DTranspose(2, 3),
        ]
    )


def lstm(keras):
    """A recurrent layer, for which Keras 2 saves the argument `time_major`."""
    return keras.Sequential([keras.layers.LSTM(4, input_shape=(6, 3))])


def functional(keras):
    """A functional model of two layers."""
    inputs = keras.Input(shape=(5,))
    hidden = keras.layers.Dense(5, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Add()([inputs, hidden]))


def tensor_operation(keras):
    """Arithmetic on a tensor, without a layer."""
    inputs = keras.Input(shape=(5,))
    return keras.Model(inputs, keras.layers.Dense(3)(inputs) * 2.0)


def compiled(keras):
    """Two dense layers, compiled with objects."""
    model = _models.mlp(keras)
    loss = keras.losses.MeanSquaredError()
    metrics = [keras.metrics.MeanAbsoluteError()]
    model.compile(optimizer=keras.optimizers.Adam(), loss=loss, metrics=metrics)
    return model


def compiled_by_name(keras):
    """Two dense layers, compiled with names."""
    model = _models.mlp(keras)
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model


MODELS = {
    "dense": (dense, (4, 5)),
    "mlp": (_models.mlp, (4, 5)),
    "nested": (_models.nested, (4, 5)),
    "batch_normalization": (batch_normalization, (4, 5)),
    "convolutions": (convolutions, (4, 8, 8, 3)),
    "grouped": (grouped, (4, 8, 8, 3)),
    "lstm": (lstm, (4, 6, 3)),
    "functional": (functional, (4, 5)),
    "tensor_operation": (tensor_operation, (4, 5)),
    "compiled": (compiled, (4, 5)),
    "compiled_by_name": (compiled_by_name, (4, 5)),
    "embedding": (embedding, (4, 6)),
}
"""Each model, and the shape of its inputs."""


class Crossing(BaseScenario):
    """The file holds the model that `saved_as` names."""

    def build(self, tf, cell):
        return MODELS[cell["saved_as"]][0](tf.keras)

    def inputs(self, cell):
        shape = MODELS[cell["saved_as"]][1]
        return [(_models.tokens if cell["saved_as"] == "embedding" else uniform)(*shape)]
