"""Keras 3 loads a SavedModel as a `TFSMLayer`. Does it compute the same as the model?

Releases whose `save` can write a SavedModel use it, as their users did; the other releases export.

Reports: https://github.com/Hrushi11/Real-TIme-Skin-Type-Detection/issues/1 (Adam),
https://github.com/keras-team/keras/issues/20813 (two inputs),
https://github.com/keras-team/keras/issues/19396 (strings),
https://github.com/keras-team/keras/issues/21133 (masks)
"""

import inspect

import numpy

from experiments.scenarios import BaseScenario, _models, need, uniform

BODY = "body"
"""The folder of the model that becomes the first layer of another model."""


def sequences():
    """Sequences whose last two steps the model masks."""
    steps = uniform(4, 6, 3)
    steps[:, 4:] = 0.0
    return [steps]


def sentences():
    """Four sentences, a string each."""
    return [numpy.array([["to be"], ["or not"], ["to be or"], ["what is"]], dtype=object)]


def two_inputs(keras):
    """Two inputs with the names in the report."""
    image, label = keras.Input((5,), name="image"), keras.Input((2,), name="label")
    return keras.Model(
        [image, label], keras.layers.Dense(3)(keras.layers.Concatenate()([image, label]))
    )


def two_outputs(keras):
    """Two outputs, in the order of their names."""
    inputs = keras.Input((5,))
    return keras.Model(
        inputs, [keras.layers.Dense(n, name=name)(inputs) for name, n in (("age", 1), ("sex", 2))]
    )


def text(keras):
    """Strings in, numbers of words out."""
    name = "TextVectorization"
    layer = need(keras.layers, name, "experimental.preprocessing." + name)(output_sequence_length=4)
    layer.adapt(sentences()[0])
    return keras.Sequential([keras.Input((1,), dtype="string"), layer])


def masked(keras, *layers):
    """A model that masks."""
    return keras.Sequential([keras.layers.Masking(input_shape=(6, 3)), *layers])


def mask_for_next_layer(keras):
    """A model that masks, and a layer that should obey the mask."""
    return keras.Sequential([masked(keras), keras.layers.SimpleRNN(5)])


CASES = {
    "plain": (_models.mlp, _models.INPUTS["mlp"]),
    "trained": (_models.mlp, _models.INPUTS["mlp"]),
    "two_inputs": (two_inputs, lambda: [uniform(4, 5), uniform(4, 2)]),
    "two_outputs": (two_outputs, lambda: [uniform(4, 5)]),
    "strings": (text, sentences),
    "strings_saved_by_tensorflow": (text, sentences),
    "masking": (lambda keras: masked(keras, keras.layers.SimpleRNN(5)), sequences),
    "mask_for_next_layer": (mask_for_next_layer, sequences),
}


def write(model, path):
    """Write a SavedModel as a user of this release does."""
    if "save_format" in inspect.signature(model.save).parameters:
        model.save(path)
    else:
        need(model, "export")(path)


class Scenario(BaseScenario):
    """Loader and saver call their models in the same way, with the same arrays."""

    def build(self, tf, cell):
        model = CASES[cell["saved_as"]][0](tf.keras)
        if cell["saved_as"] == "trained":
            model.compile(optimizer="adam", loss=tf.keras.losses.MeanSquaredError())
        return model

    def train(self, tf, model, cell):
        if cell["saved_as"] == "trained":
            model.fit(uniform(4, 5), uniform(4, 3), epochs=1, shuffle=False, verbose=0)

    def inputs(self, cell):
        return CASES[cell["saved_as"]][1]()

    def save(self, tf, model, path, cell):
        if cell["saved_as"] == "strings_saved_by_tensorflow":
            tf.saved_model.save(model, path)
        elif cell["format"] == "savedmodel":
            write(model, path)
        else:
            write(model.layers[0], BODY)
            model.save_weights(path)

    def rebuild(self, tf, cell):
        layer = need(tf.keras.layers, "TFSMLayer")(BODY)  # as `export` names its function
        return tf.keras.Sequential([tf.keras.Input((6, 3)), layer, tf.keras.layers.SimpleRNN(5)])
