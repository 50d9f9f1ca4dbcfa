"""A subclassed model is saved whole: does it come back, its class given in `custom_objects`?

What the class tells of its argument differs, and how the model got its variables.
"""

from experiments.scenarios import BaseScenario, _subclassed, uniform

TELLS = {"config_empty": (), "no_config": None}
"""The arguments that the class's config tells, if not its only one."""


class Scenario(BaseScenario):
    """A case is what is told, how the model is built, or where it stands."""

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
