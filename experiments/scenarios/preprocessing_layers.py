"""Does a preprocessing layer come back, with its adapted or given values?

Reports: https://github.com/tensorflow/tensorflow/issues/44199 (own function),
https://github.com/tensorflow/tensorflow/issues/61779,
https://github.com/tensorflow/tensorflow/issues/61369 and
https://github.com/keras-team/keras/issues/15508 (vocabulary given, lost in a SavedModel),
https://github.com/keras-team/keras/issues/17486 and
https://github.com/keras-team/keras/issues/17556 (inverted Normalization)
"""

from experiments.scenarios import BaseScenario, _preprocessing
from experiments.scenarios._preprocessing import call

COLOURS = ["red", "green", "blue"]
CONVERTED = "converted.keras"
SEVERAL = [1.0, 2.0, 3.0, 4.0, 5.0]
CASES = {
    "string_lookup_adapted": call("StringLookup"),
    "string_lookup_vocabulary": call("StringLookup", vocabulary=COLOURS),
    "integer_lookup_adapted": call("IntegerLookup"),
    "integer_lookup_vocabulary": call("IntegerLookup", vocabulary=[7, 11, 13]),
    "text_vectorization_adapted": call("TextVectorization", output_sequence_length=4),
    "text_vectorization_vocabulary": call(
        "TextVectorization", output_sequence_length=4, vocabulary=COLOURS
    ),
    "text_vectorization_adapted_own_function": call("TextVectorization", output_sequence_length=4),
    "normalization_adapted": call("Normalization"),
    "normalization_adapted_axis_none": call("Normalization", axis=None),
    "normalization_adapted_invert": call("Normalization", invert=True),
    "normalization_given": call("Normalization", mean=SEVERAL, variance=SEVERAL),
    "discretization_adapted": call("Discretization", num_bins=4),
    "discretization_boundaries": call("Discretization", [-0.5, 0.0, 0.5]),
    "category_encoding": call("CategoryEncoding", 4),
    "hashing": call("Hashing", 5),
    "rescaling": call("Rescaling", 0.5, offset=1.0),
    "resizing": call("Resizing", 4, 4),
    "center_crop": call("CenterCrop", 4, 4),
}


def own_function(tf):
    """Return a function of the saver's program, which the loader does not have."""

    def custom_standardization(text):
        return tf.strings.lower(text)

    return custom_standardization


class Scenario(BaseScenario):
    """In `_converted` the loading program converts the file to `.keras`, and loads the new file."""

    def build(self, tf, cell):
        kind, positional, arguments = CASES[cell["saved_as"]]
        if cell["saved_as"].endswith("_own_function"):
            arguments = dict(arguments, standardize=own_function(tf))
        return _preprocessing.model(tf, (kind, positional, arguments))

    def train(self, tf, model, cell):
        if "_adapted" in cell["saved_as"]:
            _preprocessing.adapt(model, CASES[cell["saved_as"]][0])

    def prepare(self, path, cell):
        return CONVERTED if cell["case"].endswith("_converted") else path

    def arrange(self, tf, cell):
        if cell["case"].endswith("_converted"):
            tf.keras.models.load_model(self.file_name(cell)).save(CONVERTED)

    def inputs(self, cell):
        return [_preprocessing.KINDS[CASES[cell["saved_as"]][0]][0]]
