"""Does a model of each kind of convolution come back, in its own release and in others?

Reports: https://github.com/keras-team/keras/issues/19151 (depthwise),
https://github.com/keras-team/keras/issues/19441 (transposed)
"""

from experiments.scenarios import _kinds, uniform


def line():
    """Four sequences of eight steps."""
    return [uniform(4, 8, 4)]


def picture():
    """Four pictures of eight by eight."""
    return [uniform(4, 8, 8, 4)]


def volume():
    """Two volumes of four by four by four."""
    return [uniform(2, 4, 4, 4, 3)]


class Scenario(_kinds.LayerKinds):
    """A case is one layer of its kind, some with unusual arguments."""

    CASES = {
        "conv1d": (line, lambda layers, x: layers.Conv1D(3, 3)(x)),
        "conv1d_causal": (line, lambda layers, x: layers.Conv1D(3, 3, padding="causal")(x)),
        "conv2d_strided": (picture, lambda layers, x: layers.Conv2D(3, 3, strides=2)(x)),
        "conv2d_dilated": (picture, lambda layers, x: layers.Conv2D(3, 2, dilation_rate=2)(x)),
        "conv3d": (volume, lambda layers, x: layers.Conv3D(3, 2)(x)),
        "conv1d_transpose": (line, lambda layers, x: layers.Conv1DTranspose(3, 3)(x)),
        "conv2d_transpose": (picture, lambda layers, x: layers.Conv2DTranspose(3, 3)(x)),
        "conv3d_transpose": (volume, lambda layers, x: layers.Conv3DTranspose(3, 2)(x)),
        "depthwise_conv2d": (
            picture,
            lambda layers, x: layers.DepthwiseConv2D(3, depth_multiplier=2)(x),
        ),
        "separable_conv1d": (line, lambda layers, x: layers.SeparableConv1D(3, 3)(x)),
        "separable_conv2d": (picture, lambda layers, x: layers.SeparableConv2D(3, 3)(x)),
        "separable_multiplied": (
            picture,
            lambda layers, x: layers.SeparableConv2D(3, 3, depth_multiplier=2)(x),
        ),
        "locally_connected": (line, lambda layers, x: layers.LocallyConnected1D(3, 3)(x)),
    }
