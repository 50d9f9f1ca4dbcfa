"""A custom object's config holds a tensor, an array, an object or a layer. Does it come back?

Reports: https://github.com/tensorflow/tensorflow/issues/61279 (schedule),
https://github.com/keras-team/tf-keras/issues/177 (Rescaling)
"""

from experiments.scenarios import _custom, need
from experiments.scenarios._custom_layers import CONFIG, block, dense

RESIDUAL = """
class Residual(tf.keras.layers.Layer):

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, inputs):
        return inputs + self.inner(inputs)
"""
TENSOR = """
def tensor():
    return 1.0 / tf.sqrt(tf.constant([2.0] * 6))
"""
NUMPY = ("\nclass", "import numpy as np\n\n\nclass")


def residual(inner):
    """Return the entry of a layer around a second layer, whose config holds the code `inner`."""
    config = CONFIG.format("inner").replace("self.inner", inner)
    return "Residual", RESIDUAL + config, lambda keras, custom: custom(dense(keras))


def rescaling(keras, tensor):
    """Return a `Rescaling` of Keras with a tensor as argument, as its EfficientNet once had."""
    layer = need(keras, "layers.Rescaling", "layers.experimental.preprocessing.Rescaling")
    return layer(tensor())


class Scenario(_custom.GivenObjects):
    """A case is a value in the config, and in some cases the object with that config."""

    KINDS = {
        "object": block(CONFIG.format("options")),
        "tensor": _custom.edited("layer", ("= factor", "= tf.constant(factor)")),
        "tensor_of_schedule": _custom.edited("schedule", ("= peak", "= tf.cast(peak, tf.float32)")),
        "tensor_of_rescaling": ("tensor", TENSOR, rescaling),
        "array": _custom.edited("layer", NUMPY, ("= factor", "= np.full(6, factor, 'float32')")),
        "number_of_array": _custom.edited("layer", NUMPY, ("= factor", "= np.float32(factor)")),
        "layer": residual("self.inner"),
        "layer_serialized": residual("tf.keras.layers.serialize(self.inner)"),
    }
