"""A model is saved before it has variables. Is the save rejected, and which weights come back?

The loading program builds its model before it loads weights, so only the file is empty. The
reference weights are the saver's after its first call.
"""

from experiments.scenarios import BaseScenario, _subclassed, uniform


def build_overridden(keras):
    """Return a class whose `build` makes no variables, but marks the model as built."""

    class Classifier(_subclassed.classifier(keras)):
        def build(self, input_shape):
            self.built = True

    return Classifier


MODELS = {
    "subclassed": lambda keras: _subclassed.classifier(keras)(),
    "sequential": _subclassed.sequential,
    "build_overridden": lambda keras: build_overridden(keras)(),
}


class Scenario(BaseScenario):
    """A case is the kind of model."""

    def build(self, tf, cell):
        model = MODELS[cell["case"]](tf.keras)
        if cell["case"] == "build_overridden":
            model.build((None, 5))
        return model

    def rebuild(self, tf, cell):
        model = MODELS[cell["case"]](tf.keras)
        model(tf.constant(uniform(4, 5)))
        return model

    def inputs(self, cell):
        return [uniform(4, 5)]

    def custom_objects(self, tf, cell):
        if cell["case"] == "sequential":
            return None
        classes = {"subclassed": _subclassed.classifier, "build_overridden": build_overridden}
        return {"Classifier": classes[cell["case"]](tf.keras)}
