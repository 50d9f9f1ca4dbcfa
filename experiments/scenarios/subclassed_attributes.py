"""The layers of a subclassed model are kept elsewhere: do their weights come back?

Under other attributes when loaded, or all along where Keras may not look for them. The loader's
model computes what the saver's did; both are called before anything is saved or loaded.

Reports: https://github.com/tensorflow/tensorflow/issues/24624 (other attributes),
https://github.com/keras-team/keras/issues/20598 (nested list)
"""

from experiments.scenarios import BaseScenario, uniform

WIDTH = 6


class Plain(object):
    """An object that is no layer, and holds two."""

    def __init__(self, hidden, head):
        self.hidden, self.head = hidden, head


SAVED = ("hidden", "head")
RENAMED = ("encoder", "decoder")
SWAPPED = ("head", "hidden")
ATTRIBUTES = {
    "attributes_renamed": (RENAMED, RENAMED),
    "attributes_renamed_asserted": (RENAMED, RENAMED),
    "attributes_swapped": (SWAPPED, SWAPPED),
    "made_in_other_order": (SWAPPED, SAVED),
}
"""The attributes in the order in which the loader's model makes its layers, and calls them."""

KEPT = {
    "in_list": (lambda a, b: [a, b], lambda kept: kept),
    "in_tuple": (lambda a, b: (a, b), lambda kept: kept),
    "in_dict": (
        lambda a, b: {"hidden": a, "head": b},
        lambda kept: [kept["hidden"], kept["head"]],
    ),
    "in_nested_list": (lambda a, b: [[a], [b]], lambda kept: [kept[0][0], kept[1][0]]),
    "in_plain_object": (Plain, lambda kept: [kept.hidden, kept.head]),
    "made_in_call": (lambda a, b: None, lambda kept: None),
}
"""How the two layers are put away in one attribute, and taken out to be called."""


def attribute_for_each(keras, made, called):
    """Return a class that has an attribute for each layer."""

    class Classifier(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            for name in made:
                setattr(self, name, keras.layers.Dense(WIDTH, activation="tanh"))

        def call(self, inputs):
            return getattr(self, called[1])(getattr(self, called[0])(inputs))

        def get_config(self):
            return {}

    return Classifier


def attribute_for_all(keras, put, take):
    """Return a class that has one attribute for both layers."""

    def dense():
        return keras.layers.Dense(WIDTH, activation="tanh")

    class Classifier(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.kept = put(dense(), dense())

        def call(self, inputs):
            hidden, head = take(self.kept) or [dense(), dense()]
            return head(hidden(inputs))

        def get_config(self):
            return {}

    return Classifier


class Scenario(BaseScenario):
    """A case is what the attributes are called when loaded, or what they hold all along."""

    def build(self, tf, cell):
        return self._called(tf, self._class(tf.keras, cell["saved_as"]))

    def rebuild(self, tf, cell):
        return self._called(tf, self._class(tf.keras, cell["case"]))

    def custom_objects(self, tf, cell):
        return {"Classifier": self._class(tf.keras, cell["case"])}

    def inputs(self, cell):
        return [uniform(4, WIDTH)]

    def _class(self, keras, name):
        if name in KEPT:
            return attribute_for_all(keras, *KEPT[name])
        return attribute_for_each(keras, *ATTRIBUTES.get(name, (SAVED, SAVED)))

    def _called(self, tf, kind):
        model = kind()
        model(tf.constant(uniform(4, WIDTH)))
        return model
