"""The loader gives a different custom object, or a different name. Is the load rejected?"""

from experiments.scenarios import _custom

NAMED_AS_BUILT_IN = {
    "layer_named_as_builtin": ("layer", "Scale", "LayerNormalization"),
    "activation_named_as_builtin": ("activation", "soft_step", "softplus"),
    "loss_named_as_builtin": ("loss_function", "weighted_error", "mean_squared_error"),
}
"""The kind, its usual name, and the name of Keras's object that its author hides."""

OF_THAT_NAME = """
class Scale(tf.keras.initializers.Initializer):

    def __call__(self, shape, dtype=None, **kwargs):
        return tf.ones(shape, dtype)
"""
GIVEN = {
    "other_name": lambda tf: {"Scaling": _custom.defined(tf, "layer")},
    "other_kind": lambda tf: {"Scale": _custom.executed(tf, OF_THAT_NAME)["Scale"]},
    "instance_for_class": lambda tf: {"Scale": _custom.defined(tf, "layer")()},
    "outer_function": lambda tf: {"weighted": _custom.defined(tf, "loss_closure")},
    "outer_for_inner": lambda tf: {"loss": _custom.defined(tf, "loss_closure")},
}
REGISTERED = {
    "layer_registered": {},
    "other_package": {"package": "Store"},
    "other_registered_name": {"name": "Scaling"},
}
"""The loader's arguments of `registered`, by case; the saver registers without arguments."""


class Scenario(_custom.CustomObjects):
    """A case is the loader's mistake; where the name hides a built-in, it gives no object."""

    def kind(self, case):
        return NAMED_AS_BUILT_IN.get(case, ("layer" if case == "layer_registered" else case,))[0]

    def custom(self, tf, cell):
        case = cell["saved_as"]
        if case in NAMED_AS_BUILT_IN:
            kind, name, built_in = NAMED_AS_BUILT_IN[case]
            return _custom.executed(tf, _custom.KINDS[kind][1].replace(name, built_in))[built_in]
        custom = super(Scenario, self).custom(tf, cell)
        return _custom.registered(tf, custom) if case == "layer_registered" else custom

    def arrange(self, tf, cell):
        if cell["case"] in REGISTERED:
            _custom.registered(tf, _custom.defined(tf, "layer"), **REGISTERED[cell["case"]])

    def custom_objects(self, tf, cell):
        return GIVEN[cell["case"]](tf) if cell["case"] in GIVEN else None
