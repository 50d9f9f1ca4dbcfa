"""Build the models that are timed: one module for each kind of model.

A module has the function `build(keras, **arguments)`. The sizes of its models, with the arguments
of each, are in `configs/family/`. Keras is an argument, so that the modules can be imported, listed
and tested without TensorFlow.
"""

import importlib
import os
import pkgutil


def names():
    """List the kinds of models that have a module in this package."""
    folder = os.path.dirname(os.path.abspath(__file__))
    return sorted(module.name for module in pkgutil.iter_modules([folder]))


def find(name):
    """Return the function that builds a model of a kind."""
    return importlib.import_module("experiments.families." + name).build
