"""A model has a custom object, and the loading program gives it: does all come back?

Reports: https://github.com/tensorflow/tensorflow/issues/44210 (loss class),
https://github.com/tensorflow/tensorflow/issues/36259 (registered loss class)
"""

from experiments.scenarios import _custom

KINDS = {
    "layer_in_scope": "layer",
    "layer_registered": "layer",
    "layer_registered_by_class": "layer",
    "layer_registered_by_name": "layer",
    "loss_class_registered": "loss_class",
}
"""The object's kind, where it is not the case's name."""

NAMES = {"loss_closure": "loss", "layer_registered_by_name": "Shop>Scale"}
"""The name in `custom_objects`, where it is not the name in the script."""


class Scenario(_custom.CustomObjects):
    """A case is a kind of object and the loader's way to give it, by default `custom_objects`."""

    def kind(self, case):
        return KINDS.get(case, case)

    def custom(self, tf, cell):
        custom = super(Scenario, self).custom(tf, cell)
        return _custom.registered(tf, custom) if "registered" in cell["saved_as"] else custom

    def arrange(self, tf, cell):
        if cell["case"] == "layer_in_scope":
            objects = {"Scale": _custom.defined(tf, "layer")}
            tf.keras.utils.custom_object_scope(objects).__enter__()
        elif cell["case"].endswith("_registered"):
            self.custom(tf, cell)

    def custom_objects(self, tf, cell):
        case = cell["case"]
        if case.endswith(("_in_scope", "_registered")):
            return None
        custom = _custom.defined(tf, self.kind(case))
        if case == "loss_closure":
            custom = custom(2.0)
        return {NAMES.get(case, _custom.KINDS[self.kind(case)][0]): custom}
