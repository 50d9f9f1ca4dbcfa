"""Models whose code is edited between saving and loading: a table of cases."""

import h5py
import numpy

from experiments.scenarios import BaseScenario, _kinds


class Kit(_kinds.Layers):
    """The layers of a release; `tf` serves custom layers and models."""

    def __init__(self, tf):
        super(Kit, self).__init__(tf.keras.layers)
        self.tf = tf


def chain(x, *layers):
    """Apply layers one after the other."""
    for layer in layers:
        x = layer(x)
    return x


def rewrite(path, shape, change):
    """Apply `change` to each array of this shape in an HDF5 file."""
    with h5py.File(path, "r+") as stream:
        names = []
        stream.visititems(
            lambda name, it: names.append(name) if getattr(it, "shape", None) == shape else None
        )
        if not names:
            raise ValueError("the file has no array of the shape {}".format(shape))
        for name in names:
            array = numpy.ascontiguousarray(change(stream[name][()]))
            del stream[name]
            stream[name] = array
    return path


class EditedModels(BaseScenario):
    """A case names its arrays, the saver's model and the loader's model.

    `CASES` maps a case to three functions. The first returns the arrays. The others take the kit
    and an input tensor for each array, and return outputs or a model. The arrays and the saver's
    model are those of the case that `saved_as` names.

    The saver adds a layer `head` to the `BACKBONES`; the loader's model lacks it.
    """

    CASES = {}
    BACKBONES = ()

    def build(self, tf, cell):
        return self._model(tf, cell, self.CASES[cell["saved_as"]][1])

    def rebuild(self, tf, cell):
        return self._model(tf, cell, self.CASES[cell["case"]][2])

    def inputs(self, cell):
        return self.CASES[cell["saved_as"]][0]()

    def save(self, tf, model, path, cell):
        if cell["saved_as"] in self.BACKBONES:
            head = tf.keras.layers.Dense(3, name="head")
            model = tf.keras.Model(model.inputs, head(model.outputs[0]))
        super(EditedModels, self).save(tf, model, path, cell)

    def _model(self, tf, cell, outputs):
        inputs = [
            tf.keras.Input(shape=array.shape[1:], dtype=str(array.dtype))
            for array in self.inputs(cell)
        ]
        result = outputs(Kit(tf), *inputs)
        return result if isinstance(result, tf.keras.Model) else tf.keras.Model(inputs, result)
