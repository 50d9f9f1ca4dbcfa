"""Which models are timed: one small file per family.

A family is the function `build(keras, **arguments)` in the module of its name; its sizes, with the
arguments of each, are in `configs/family/`. Keras is handed in, so that families can be imported,
listed and tested without TensorFlow.
"""

import importlib
import os
import pkgutil


def names():
    """List the families that have a module here."""
    folder = os.path.dirname(os.path.abspath(__file__))
    return sorted(module.name for module in pkgutil.iter_modules([folder]))


def find(name):
    """Return the function that builds a model of the family."""
    return importlib.import_module("experiments.families." + name).build
