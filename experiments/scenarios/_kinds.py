"""Builds models with one kind of layer each, from a table of cases."""

from experiments.scenarios import BaseScenario, need


class Layers(object):
    """The layers of a release, experimental layers too; a missing layer skips the cell."""

    def __init__(self, layers):
        self._layers = layers

    def __getattr__(self, name):
        return need(self._layers, name, "experimental." + name)


class LayerKinds(BaseScenario):
    """A case names its inputs, and the layers between inputs and outputs; not compiled.

    `CASES` maps a case to two functions. The first returns its arrays. The second takes the
    release's layers and an input tensor for each array, and returns the outputs.
    """

    CASES = {}

    def build(self, tf, cell):
        arrays, outputs = self.CASES[cell["case"]]
        inputs = [
            tf.keras.Input(shape=array.shape[1:], dtype=str(array.dtype)) for array in arrays()
        ]
        return tf.keras.Model(inputs, outputs(Layers(tf.keras.layers), *inputs))

    def inputs(self, cell):
        return self.CASES[cell["case"]][0]()
