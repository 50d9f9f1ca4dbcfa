"""A model is saved with arguments beside the path: are they taken, and does the model come back?

A release that has given up an argument ends with its error while saving. A release that asks before
it overwrites a file ends with an error too, since nobody can answer.
"""

from experiments.scenarios import WHOLE_MODEL, _files, _models, need

NAMES = {
    "save_format_h5_no_ending": "classifier",
    "save_format_h5_named_keras": "classifier.keras",
    "save_format_tf_named_h5": "classifier.h5",
    "unzipped": "classifier",
    "sharded_weights": "classifier.weights.json",
}
"""The file names that are not the usual name of the format."""

ARGUMENTS = {
    "save_format_h5": lambda tf: {"save_format": "h5"},
    "save_format_h5_no_ending": lambda tf: {"save_format": "h5"},
    "save_format_h5_named_keras": lambda tf: {"save_format": "h5"},
    "save_format_tf": lambda tf: {"save_format": "tf"},
    "save_format_tf_named_h5": lambda tf: {"save_format": "tf"},
    "save_format_keras": lambda tf: {"save_format": "keras"},
    "overwrite": lambda tf: {"overwrite": True},
    "overwrite_false": lambda tf: {"overwrite": False},
    "without_optimizer": lambda tf: {"include_optimizer": False},
    "without_traces": lambda tf: {"save_traces": False},
    "model_options": lambda tf: {"options": need(tf, "saved_model.SaveOptions")()},
    "weights_options": lambda tf: {"options": need(tf, "train.CheckpointOptions")()},
    "unzipped": lambda tf: {"zipped": False},
    "sharded_weights": lambda tf: {"max_shard_size": 0.01},
}
"""The arguments beside the path."""

NEW = ("save_traces", "zipped", "max_shard_size")
"""The arguments that the first releases do not have yet; these releases skip the case."""


class Scenario(_files.PlainModel):
    """A case is an argument; the model is compiled if the argument is about the optimizer."""

    def build(self, tf, cell):
        model = _models.mlp(tf.keras)
        if cell["case"] == "without_optimizer":
            model.compile(optimizer="adam", loss=tf.keras.losses.MeanSquaredError())
        return model

    def file_name(self, cell):
        usual = super(Scenario, self).file_name(cell)
        return NAMES.get(cell["case"], usual)

    def save(self, tf, model, path, cell):
        call = "save" if cell["format"] in WHOLE_MODEL else "save_weights"
        arguments = ARGUMENTS[cell["case"]](tf)
        for name in set(NEW).intersection(arguments):
            _files.need_argument(getattr(model, call), name)
        if "overwrite" in arguments:  # the path holds another model already
            getattr(_models.mlp(tf.keras), call)(path)
        try:
            getattr(model, call)(path, **arguments)
        finally:
            print()  # ends the line of a question that nobody answered
