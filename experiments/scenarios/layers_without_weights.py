"""Do layers that hold no weights come back, in their own release and in others?

Reports: https://github.com/keras-team/keras/issues/20963 (two concatenations)
"""

from experiments.scenarios import _kinds, uniform


def rows():
    """Four rows of six numbers."""
    return [uniform(4, 6)]


def two():
    """Two times four rows of six numbers."""
    return [uniform(4, 6), uniform(4, 6) * 0.5]


def picture():
    """Four pictures of six by six."""
    return [uniform(4, 6, 6, 2)]


def merged(layers, x, y):
    """All layers that merge two tensors of one shape."""
    kinds = (layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum)
    return layers.Dense(3)(layers.Concatenate()([kind()([x, y]) for kind in kinds]))


def two_axes(layers, x, y):
    """Two concatenations along different axes."""
    column = layers.Concatenate(axis=1)([layers.Reshape((1, 6))(x), layers.Reshape((1, 6))(y)])
    grid = layers.Reshape((2, 6))(layers.Dense(12)(x))
    return layers.Dense(3)(layers.Concatenate(axis=-1)([column, grid]))


def activations(layers, x):
    """Activations that are layers; `PReLU` has weights after all."""
    for kind in (layers.LeakyReLU, layers.PReLU, layers.ELU, layers.Softmax):
        x = kind()(x)
    return layers.ReLU(6.0)(x)


def softmax_axis(layers, x):
    """A softmax over the steps instead of the features of each step."""
    return layers.Softmax(axis=1)(layers.Reshape((3, 4))(layers.Dense(12)(x)))


def noise(layers, x):
    """Layers that change their input in training alone."""
    for layer in (layers.Dropout(0.3), layers.GaussianNoise(0.1), layers.GaussianDropout(0.2)):
        x = layer(x)
    return layers.Dense(3)(x)


def resized(layers, x):
    """Padding, cropping, upsampling."""
    x = layers.UpSampling2D(2)(layers.Cropping2D(1)(layers.ZeroPadding2D(2)(x)))
    return layers.Conv2D(2, 3)(x)


def pooled(layers, x):
    """Pooling of both kinds, then over the whole picture."""
    x = layers.AveragePooling2D(2)(layers.MaxPooling2D(2)(x))
    return layers.Dense(3)(layers.GlobalAveragePooling2D()(x))


def reshaped(layers, x):
    """The same numbers in other shapes."""
    x = layers.Permute((2, 1))(layers.RepeatVector(3)(x))
    return layers.Dense(3)(layers.Flatten()(layers.Reshape((9, 2))(x)))


class Scenario(_kinds.LayerKinds):
    """A case is several layers of a sort, mostly with a layer with weights after them."""

    CASES = {
        "merged": (two, merged),
        "two_axes": (two, two_axes),
        "dot": (two, lambda layers, x, y: layers.Dense(2)(layers.Dot(axes=1)([x, y]))),
        "activations": (rows, activations),
        "softmax_axis": (rows, softmax_axis),
        "noise": (rows, noise),
        "resized": (picture, resized),
        "pooled": (picture, pooled),
        "reshaped": (rows, reshaped),
    }
