"""The layers of a model stand in another order in the loader's code. Is that noticed, or harmless?

All layers are named, and each name has an activation of its own, so that weights in the wrong layer
show in what the model computes.
"""

from experiments.scenarios import _edited
from experiments.scenarios._edited import chain
from experiments.scenarios._stacks import dense, subclassed, vectors


def named(*names):
    """Return a maker of layers of one size, each with the activation of its name."""
    activations = {"stem": "tanh", "body": "relu", "head": "sigmoid"}
    return lambda layers, x: chain(x, *[dense(layers, name, activations[name]) for name in names])


def sized(layers, x, *sizes):
    """Dense layers named after their sizes, and a head."""
    names = {8: "wide", 7: "narrow"}
    stem = [layers.Dense(size, activation="tanh", name=names[size]) for size in sizes]
    return chain(x, *stem + [layers.Dense(3, name="head")])


def normalized(layers, x, *order):
    """A dense layer and a normalisation, in this order."""
    made = {"hidden": dense(layers, "hidden"), "norm": layers.BatchNormalization(name="norm")}
    return chain(x, *[made[name] for name in order] + [layers.Dense(3, name="head")])


def branches(layers, x, join, joined=("left", "right"), made=("left", "right")):
    """Two branches, made in one order, joined in another, and a head."""
    outputs = {}
    for name in made:
        outputs[name] = dense(layers, name, "tanh" if name == "left" else "relu")(x)
    return layers.Dense(3, name="head")(join([outputs[name] for name in joined]))


def nested(layers, x, frozen):
    """A model inside a model; the first of its layers may be frozen before loading."""
    inputs = layers.tf.keras.Input(shape=x.shape[1:])
    inner = layers.tf.keras.Model(inputs, named("stem", "body")(layers, inputs), name="encoder")
    inner.get_layer("stem").trainable = not frozen
    return layers.Dense(3, name="head")(inner(x))


class Scenario(_edited.EditedModels):
    """A case is a change of the order."""

    CASES = {
        "same_shapes": (vectors, named("stem", "body", "head"), named("stem", "head", "body")),
        "other_shapes": (
            vectors,
            lambda layers, x: sized(layers, x, 8, 7),
            lambda layers, x: sized(layers, x, 7, 8),
        ),
        "normalization_moved": (
            vectors,
            lambda layers, x: normalized(layers, x, "hidden", "norm"),
            lambda layers, x: normalized(layers, x, "norm", "hidden"),
        ),
        "concatenated": (
            vectors,
            lambda layers, x: branches(layers, x, layers.Concatenate()),
            lambda layers, x: branches(layers, x, layers.Concatenate(), ("right", "left")),
        ),
        "added_up": (
            vectors,
            lambda layers, x: branches(layers, x, layers.Add()),
            lambda layers, x: branches(layers, x, layers.Add(), ("right", "left")),
        ),
        "made_in_other_order": (
            vectors,
            lambda layers, x: branches(layers, x, layers.Add()),
            lambda layers, x: branches(layers, x, layers.Add(), made=("right", "left")),
        ),
        "attributes": (
            vectors,
            lambda layers, x: subclassed(layers),
            lambda layers, x: subclassed(layers, made=("body", "stem")),
        ),
        "inner_layer_frozen": (
            vectors,
            lambda layers, x: nested(layers, x, frozen=False),
            lambda layers, x: nested(layers, x, frozen=True),
        ),
    }
    CASES["other_shapes_by_name"] = CASES["other_shapes"]
