"""A custom class keeps its layers in another attribute: do their weights come back?

The loader's subclassed model has other attributes, though it computes the same as the saver's. Or a
custom layer keeps its inner layers in an attribute that Keras may not search.

Reports: https://github.com/tensorflow/tensorflow/issues/24624 (another attribute),
https://github.com/keras-team/keras/issues/20598 (nested list)
"""

from experiments.scenarios import BaseScenario, uniform

WIDTH = 6


class Plain(object):
    """An object that is no layer, but holds two layers."""

    def __init__(self, hidden, head):
        self.hidden, self.head = hidden, head


SAVED = ("hidden", "head")
RENAMED = ("encoder", "decoder")
SWAPPED = ("head", "hidden")
ATTRIBUTES = {
    "attributes_renamed": (RENAMED, RENAMED),
    "attribute_renamed": (("hidden", "decoder"), ("hidden", "decoder")),
    "attributes_swapped": (SWAPPED, SWAPPED),
    "made_in_other_order": (SWAPPED, SAVED),
}
"""The attributes in the order in which the loader's model makes its layers, and calls them."""

KEPT = {
    "in_list": (lambda a, b: [a, b], lambda kept: kept),
    "in_tuple": (lambda a, b: (a, b), lambda kept: kept),
    "in_dict": (lambda a, b: {"first": a, "last": b}, lambda kept: [kept["first"], kept["last"]]),
    "in_nested_list": (lambda a, b: [[a], [b]], lambda kept: [kept[0][0], kept[1][0]]),
    "in_plain_object": (Plain, lambda kept: [kept.hidden, kept.head]),
}
"""Functions that put two layers into one attribute, and take them out again."""


def dense(keras):
    """Return a layer; the weights of all layers here have the same shape."""
    return keras.layers.Dense(WIDTH, activation="tanh")


def model_class(keras, made, called):
    """Return a class of model that has an attribute for each layer."""

    class Classifier(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            for name in made:
                setattr(self, name, dense(keras))

        def call(self, inputs):
            return getattr(self, called[1])(getattr(self, called[0])(inputs))

        def get_config(self):
            return {}

    return Classifier


def layer_class(keras, put, take):
    """Return a class of layer that has one attribute for both layers."""

    class Holder(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.kept = put(dense(keras), dense(keras))

        def call(self, inputs):
            hidden, head = take(self.kept)
            return head(hidden(inputs))

    return Holder


class Scenario(BaseScenario):
    """A case is the names of the loader's attributes, or the value of an attribute."""

    def build(self, tf, cell):
        return self._model(tf, cell["saved_as"])

    def rebuild(self, tf, cell):
        return self._model(tf, cell["case"])

    def custom_objects(self, tf, cell):
        kind = self._class(tf.keras, cell["case"])
        return {kind.__name__: kind}

    def inputs(self, cell):
        return [uniform(4, WIDTH)]

    def _class(self, keras, name):
        if name in KEPT:
            return layer_class(keras, *KEPT[name])
        return model_class(keras, *ATTRIBUTES.get(name, (SAVED, SAVED)))

    def _model(self, tf, name):
        kind = self._class(tf.keras, name)()
        if name in KEPT:
            inputs = tf.keras.Input(shape=(WIDTH,))
            return tf.keras.Model(inputs, dense(tf.keras)(kind(inputs)))
        kind(tf.constant(uniform(4, WIDTH)))
        return kind
