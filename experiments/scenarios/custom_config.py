"""A custom object's config lacks its arguments. Is it rejected, at the latest on loading?

Reports: https://github.com/google-research/maxvit/issues/6 (layer without `get_config`),
https://github.com/tensorflow/tensorflow/issues/32612 (loss without it)
"""

from experiments.scenarios import _custom
from experiments.scenarios._custom_layers import block

FROM_CONFIG = """    @classmethod
    def from_config(cls, config):
        return cls(factor=config.pop("factor"), **config)

    def call"""
NO_ARGUMENTS = """
class WeightedError(tf.keras.losses.Loss):

    def __init__(self):
        super().__init__()

    def call(self, y_true, y_pred):
        return 2.0 * tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)
"""
LEFT_OUT = (", factor=self.factor", "")


def without(kind):
    """Return the entry of `KINDS` for that kind, without its `get_config`."""
    name, code, use = _custom.KINDS[kind]
    return name, code.partition("    def get_config")[0], use


class Scenario(_custom.GivenObjects):
    """A case is an object and the fault of its config."""

    KINDS = {
        "left_out": _custom.edited("layer", LEFT_OUT),
        "left_out_required": _custom.edited("layer", LEFT_OUT, ("=1.0", "")),
        "left_out_from_config": _custom.edited("layer", LEFT_OUT, ("    def call", FROM_CONFIG)),
        "left_out_loss": _custom.edited("loss_class", (", weight=self.weight", "")),
        "renamed": _custom.edited("layer", ("factor=self", "scale=self")),
        "none": without("layer"),
        "none_of_object": block(""),
        "none_of_schedule": without("schedule"),
        "none_of_loss": ("WeightedError", NO_ARGUMENTS, lambda keras, custom: {"loss": custom()}),
    }
