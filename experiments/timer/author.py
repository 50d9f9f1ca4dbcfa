"""Build a model from code, as its author would, and save it."""

import gc
import zlib

import numpy

from experiments.families import find
from experiments.scenarios import WHOLE_MODEL
from experiments.timer.pace import Pace
from experiments.timer.stopwatch import timed
from experiments.worker import values

OPTIMIZER = "adam"
"""The name of every model's optimizer; its class has the same name."""


class Author(object):
    """Builds the model from code: `model` is built at its first use, and then kept.

    `build_s` are the seconds of building, None before it. `loaded` is true once a model was loaded
    in this process. `pace` measures the speed of the machine around calls.
    """

    def __init__(self, release, request, phases):
        self.release, self.request, self.phases = release, request, phases
        self.loaded, self.build_s = False, None
        self.pace, self._model = Pace(), None

    @property
    def model(self):
        if self._model is None:
            self.forget()
            self.build_s, self._model = timed(lambda: self.phases.keras("build", self._build))
        return self._model

    def forget(self):
        """Reset Keras to its state before the first load.

        Keras keeps names and graphs of loaded models. They make the load of a whole model up to
        twice as long or half as long.
        """
        if self.loaded:
            self._reset()

    def another(self):
        """Build another model with the same names, as a new process would.

        Each save has its own model, because a save may change the model. Keras 3 removes the
        optimizer from the settings of a model that is saved to HDF5, so that a later `.keras` file
        has none: `model_metadata` in keras/src/legacy/saving/saving_utils.py, Keras 3.1 to 3.15.
        """
        self._reset()
        return self.phases.keras("build", self._build)

    def _reset(self):
        self.release.keras.backend.clear_session()
        gc.collect()

    def _build(self):
        """Build the model, compiled as its author would."""
        model = find(self.request["family"])(self.release.keras, **self.request["arguments"])
        # The loss is no string, because Keras 3 cannot load those from HDF5:
        # keras-team/keras#19441.
        model.compile(optimizer=OPTIMIZER, loss=self.release.keras.losses.MeanSquaredError())
        return model


def save(model, name, path):
    """Save as a user does: the format follows from the call and the file name."""
    if name in WHOLE_MODEL:
        model.save(path)
    else:
        model.save_weights(path)


def compiled(model):
    """Return whether a loaded model has the optimizer of the saved one."""
    return type(getattr(model, "optimizer", None)).__name__.lower() == OPTIMIZER


def weights(model):
    """Return a checksum of each variable, sorted, because releases order variables differently."""
    arrays = (variable.numpy() for variable in values.variables(model))
    return sorted(zlib.crc32(numpy.ascontiguousarray(array)) for array in arrays)
