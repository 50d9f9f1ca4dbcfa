"""A subclassed model is saved whole. Does it come back with its class in `custom_objects`?

Cases differ in the class's config, and in the call that made the variables.
"""

from experiments.scenarios import BaseScenario, _subclassed, uniform

TELLS = {"config_empty": (), "no_config": None}
"""The arguments in the class's config, where it does not hold the only argument."""


class Scenario(BaseScenario):
    """A case is a config of the class, a call that builds the model, or a model around it."""

    def build(self, tf, cell):
        model = self._class(tf.keras, cell)(units=8)
        if cell["case"] == "inside_functional":
            inputs = tf.keras.Input(shape=(5,))
            return tf.keras.Model(inputs, tf.keras.layers.Dense(2)(model(inputs)))
        if cell["case"] == "built_by_shape":
            model.build((None, 5))
        else:
            model.predict_on_batch(uniform(4, 5))  # a call alone is not enough for 2.0
        return model

    def inputs(self, cell):
        return [uniform(4, 5)]

    def custom_objects(self, tf, cell):
        return {"Classifier": self._class(tf.keras, cell)}

    def _class(self, keras, cell):
        return _subclassed.classifier(keras, TELLS.get(cell["case"], ("units",)))
