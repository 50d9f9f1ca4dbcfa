"""A model was compiled with a custom object, and is loaded with `compile=False` and none given.

Reports: https://github.com/aertslab/CREsted/issues/111,
https://github.com/tensorflow/tensorflow/issues/36259
"""

from experiments.scenarios import _custom


class Scenario(_custom.CustomObjects):
    """The models of `custom_object_missing` that are trained with a custom object."""
