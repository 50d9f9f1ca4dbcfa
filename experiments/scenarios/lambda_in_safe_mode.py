"""A file holds the byte code of a lambda, and is loaded as any other: is the code refused?

The loader has not agreed to run code, and the file could hold anyone's code. tf_keras is Keras 2,
maintained for newer releases.

Reports: https://github.com/keras-team/tf-keras/pull/910 (legacy formats),
https://github.com/keras-team/tf-keras/issues/44 (JSON, whose loader cannot be told to trust)
"""

from experiments.scenarios import _lambdas

ARCHITECTURE = "model.json"


class Scenario(_lambdas.LambdaScenario):
    """The lambda stands in the model, in a model inside it, or in its architecture as JSON."""

    SCRIPTS = dict.fromkeys(
        ("alone", "inside_nested_model", "architecture_json"), _lambdas.EXPRESSION
    )

    def build(self, tf, cell):
        model = super(Scenario, self).build(tf, cell)
        if cell["saved_as"] != "inside_nested_model":
            return model
        return tf.keras.Sequential([model, tf.keras.layers.Dense(2)])

    def save(self, tf, model, path, cell):
        super(Scenario, self).save(tf, model, path, cell)
        if cell["saved_as"] == "architecture_json":
            with open(ARCHITECTURE, "w") as stream:
                stream.write(model.to_json())

    def rebuild(self, tf, cell):
        with open(ARCHITECTURE) as stream:
            architecture = stream.read()
        return tf.keras.models.model_from_json(architecture)
