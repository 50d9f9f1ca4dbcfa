"""Who has the model in code, builds it and saves it?"""

import gc
import zlib

import numpy

from experiments.families import find
from experiments.scenarios import WHOLE_MODEL
from experiments.timer.pace import Pace
from experiments.timer.stopwatch import timed
from experiments.worker import values

OPTIMIZER = "adam"
"""What every model is compiled with, as a name; its class has the same."""


class Author(object):
    """Has the model in code: `model` is built when it is first asked for, and then kept.

    `build_s` are the seconds that this took, None if it was not asked for; `loaded` says whether
    anything was loaded in this process. `pace` is what calls are timed with.
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
        """Have Keras begin anew, as if nothing had been loaded before.

        It keeps names and graphs of what it has loaded, and a whole model then takes up to twice as
        long or half as long, by what that was.
        """
        if self.loaded:
            self._begin_anew()

    def another(self):
        """Build one more model, as the first one was: its names too are those of a new process.

        Each save has one of its own, because it may change what it saves. Keras 3 forgets the
        optimizer of a model that is saved to HDF5, and a `.keras` file of it then has none:
        `model_metadata` in keras/src/legacy/saving/saving_utils.py takes it out of the model's own
        settings, seen from Keras 3.1 to 3.15.
        """
        self._begin_anew()
        return self.phases.keras("build", self._build)

    def _begin_anew(self):
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
    """Say whether the model has the optimizer that it was compiled with before it was saved."""
    return type(getattr(model, "optimizer", None)).__name__.lower() == OPTIMIZER


def weights(model):
    """Return a checksum of each of the model's variables, sorted: releases order them otherwise."""
    arrays = (variable.numpy() for variable in values.variables(model))
    return sorted(zlib.crc32(numpy.ascontiguousarray(array)) for array in arrays)
