"""The scenarios: each builds, saves, changes and loads a model, in one small file.

A scenario is the class `Scenario` in the module of its name. Its cases, formats, APIs and
environments are in `configs/scenario/`. TensorFlow comes as an argument, so scenarios can be
imported, listed and tested without it.
"""

import importlib
import os
import pkgutil

WHOLE_MODEL = ("h5", "keras", "savedmodel")
FILE_NAMES = {
    "h5": "model.h5",
    "keras": "model.keras",
    "savedmodel": "model",
    "weights_h5": "model.h5",
    "keras_weights_h5": "model.weights.h5",
    "checkpoint": "model",
}
UNREAD = 1
"""The last access time, in seconds since 1970, that marks a watched file as unread."""


class Skip(Exception):
    """Raised by a scenario where a cell does not apply; its text is the reason."""


class BaseScenario(object):
    """A plain round trip; a scenario overrides its own steps.

    `cell` is the request: `cell["case"]` (while saving the same as `saved_as`), `cell["saved_as"]`,
    `cell["format"]`, `cell["api"]` (not while saving). The current folder belongs to the cell.

    An error of the machine is a fault of the harness, unless the scenario provokes it: `PROVOKED`
    lists the numbers of provoked errors (`errno.ENOSPC`). `RESUMES` makes training continue after
    weights were loaded too, into a model that `rebuild` compiled. `MOUNTS` lets the cell mount file
    systems before it is contained.
    """

    PROVOKED = ()
    RESUMES = False
    MOUNTS = False

    def build(self, tf, cell):
        """Return the model as its author builds it before saving."""
        raise NotImplementedError

    def rebuild(self, tf, cell):
        """Return the model into which weights are loaded."""
        return self.build(tf, cell)

    def inputs(self, cell):
        """Return the arrays from which saver and loader predict."""
        raise NotImplementedError

    def file_name(self, cell):
        """Return the name under which the model is saved; it chooses the format."""
        return FILE_NAMES[cell["format"]]

    def train(self, tf, model, cell):
        """Train, adapt or freeze the model before it is saved."""

    def save(self, tf, model, path, cell):
        """Save as a user does: the format follows from the call and the file name."""
        if cell["format"] in WHOLE_MODEL:
            model.save(path)
        else:
            model.save_weights(path)

    def prepare(self, path, cell):
        """Change the files in the current folder if the case needs it; return the path to load.

        An error here is a fault of the harness; a call of Keras belongs in `arrange`.
        """
        return path

    def arrange(self, tf, cell):
        """Prepare the loading program: register a class, set a policy, build a model."""

    def custom_objects(self, tf, cell):
        """Return the custom objects given to `load_model`, or None."""
        return


def need(root, *paths):
    """Return the object at the first path that exists, e.g. `need(tf.keras, "layers.Dense")`.

    A cell is skipped if its release has none of them.
    """
    for path in paths:
        target = root
        try:
            for name in path.split("."):
                target = getattr(target, name)
        except AttributeError:
            continue
        return target
    raise Skip("there is no {} in this release".format(paths[0]))


def uniform(*shape):
    """Return inputs of a fixed seed, uniform in [-1, 1], as float32."""
    import numpy  # imported here, so that listing the scenarios does not wait for it

    return numpy.random.RandomState(7).uniform(-1.0, 1.0, shape).astype("float32")


def names():
    """List the scenarios that have a module here."""
    folder = os.path.dirname(os.path.abspath(__file__))
    modules = [module.name for module in pkgutil.iter_modules([folder])]
    return sorted(name for name in modules if not name.startswith("_"))


def find(name):
    """Return the scenario of that name."""
    return importlib.import_module("experiments.scenarios." + name).Scenario()
