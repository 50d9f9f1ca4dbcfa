"""Defines the tables of saves and loads, `cells.csv` and `environments.csv`, and the verdict."""

from __future__ import annotations

from enum import Enum

from results.contract.columns import COUNT_OR_EMPTY, NAME, TABLES, column, table


class Cause(Enum):
    """Why a load may fail: a closed list."""

    none = "none"
    version = "version"
    layer_parameters = "layer_parameters"
    missing_layer = "missing_layer"
    layer_order = "layer_order"
    custom_object = "custom_object"
    corrupted_file = "corrupted_file"
    bad_path = "bad_path"
    file_extension = "file_extension"
    optimizer_state = "optimizer_state"
    unbuilt_model = "unbuilt_model"
    security = "security"
    preprocessing = "preprocessing"
    dtype = "dtype"
    permission = "permission"
    size_limit = "size_limit"
    dependency = "dependency"


class Expected(Enum):
    """The result that a user should be able to rely on."""

    load = "load"
    refuse = "refuse"


WRITTEN_BY = {
    "h5": "save",
    "keras": "save",
    "savedmodel": "save",
    "weights_h5": "save_weights",
    "keras_weights_h5": "save_weights",
    "checkpoint": "save_weights",
}
"""The formats, as asked for by call and file name, and the call that writes each."""
FORMATS = tuple(WRITTEN_BY)
CALLS = {
    "h5": 'save("m.h5")',
    "keras": 'save("m.keras")',
    "savedmodel": 'save("m")',
    "weights_h5": 'save_weights("w.h5")',
    "keras_weights_h5": 'save_weights("w.weights.h5")',
    "checkpoint": 'save_weights("w")',
}
"""The same formats, and the call that asks for each, as a user writes it."""
APIS = (
    "load_model",
    "load_model_uncompiled",
    "load_model_unsafe",
    "tfsm_layer",
    "load_weights",
    "load_weights_by_name",
    "load_weights_by_name_skip_mismatch",
    "load_weights_skip_mismatch",
    "load_weights_assert_consumed",
)
"""The calls that load."""
PHASES = ("", "build", "save", "train", "load", "predict", "evaluate", "compare")
OURS = "harness_error"
"""The outcome that is a fault of the suite or of the machine; a published table has none."""
OUTCOMES = (
    "equal",
    "different",
    "error",
    "crash",
    "timeout",
    "out_of_memory",
    "not_saved",
    "skipped",
    OURS,
)
PUBLISHED_OUTCOMES = tuple(outcome for outcome in OUTCOMES if outcome != OURS)
FAILED = ("error", "crash", "timeout", "out_of_memory")
ASPECTS = ("weights", "predictions", "state", "optimizer", "next_step", "compile", "dtype")
"""The parts of `differs`: the aspects in which a loaded model may differ from the saver's."""
EFFECTS = ("code_at_load", "code_in_use", "file_written", "file_read")
"""The effects of a forged file on its reader, the worst first: the parts of `effects`."""
VERDICTS = ("works", "refused", "silent", "broken", "not_applicable")


def verdict(outcome: str, expected: str) -> str:
    """Return the verdict on an outcome for a user who relies on `expected` (load or refuse)."""
    if outcome in FAILED:
        return "refused" if (outcome, expected) == ("error", "refuse") else "broken"
    if outcome == "different":
        return "silent"
    if outcome == "equal":
        return "works" if expected == "load" else "silent"
    return "not_applicable"


@table("cells.csv", filled=True)
class CellRow:
    """One row per cell, and one per failed save."""

    cell: str = column(
        (
            "Id of the cell: scenario/case/format/api/saved_with/loaded_with. A failed save has no "
            "last part."
        ),
        pattern=r"^[a-z0-9]+(?:[_.-][a-z0-9]+)*(?:/[a-z0-9]+(?:[_.-][a-z0-9]+)*){4,5}$",
    )
    scenario: str = column("File name of the scenario.", pattern=NAME)
    case: str = column(
        (
            "Variant inside the scenario. For a failed save, the name under which the artifact "
            "would have been saved."
        ),
        pattern=NAME,
    )
    cause: str = column(
        "Cause for which a load may fail here.", values=tuple(cause.value for cause in Cause)
    )
    format: str = column("Format that call and file name ask for.", values=FORMATS)
    api: str = column(
        "Call that loads; for a failed save, the call that saves.",
        values=tuple(sorted({*APIS, *WRITTEN_BY.values()})),
    )
    saved_with: str = column("Environment that saved the file.", pattern=NAME)
    loaded_with: str = column(
        "Environment that loaded the file; empty for a failed save.",
        pattern=r"^(?:[a-z0-9]+(?:[_.-][a-z0-9]+)*)?$",
    )
    phase: str = column(
        "Phase in which the cell ended; empty if the cell was never begun.", values=PHASES
    )
    outcome: str = column(
        "Result of the cell. A published table has no harness_error.", values=PUBLISHED_OUTCOMES
    )
    expected: str = column(
        "Result that a user should be able to rely on: load, or refuse (an error).",
        values=tuple(expected.value for expected in Expected),
    )
    verdict: str = column(
        "Meaning of the outcome for a user who relies on the expected result.", values=VERDICTS
    )
    error_type: str = column("Fully qualified exception class, or the signal's name.")
    error_message: str = column(
        (
            "First 2000 characters of the normalised message. An apostrophe stands before a "
            "message that a spreadsheet would take for a formula."
        ),
        longest=2000,
    )
    error_family: str = column("Id of the entry of the error index that the message belongs to.")
    facts_expected: str = column(
        "Number of facts that a message should name; empty if nothing was loaded.",
        pattern=COUNT_OR_EMPTY,
        number="Int32",
    )
    facts_named: str = column(
        "Number of these facts that the message names.", pattern=COUNT_OR_EMPTY, number="Int32"
    )
    max_abs_diff: str = column(
        (
            "For different: largest absolute difference of the predictions. It is rounded to 1, 2 "
            "or 5 times a power of ten, the nearest by ratio, because processors round "
            "differently. A difference below 1e-5 is 0."
        ),
        pattern=r"^(?:|nan|inf|0|0\.0*[125]|[125]0*|[125]e[+-]\d+)$",
        number="float64",
    )
    reason: str = column("For skipped and not_saved: the reason in words.")
    differs: str = column(
        "For different: aspects in which the loaded model differs from the saver's, joined by +.",
        pattern=rf"^(?:{'|'.join(ASPECTS)})?(?:\+(?:{'|'.join(ASPECTS[1:])}))*$",
        added=True,
    )
    raised_in: str = column(
        (
            "Function of Keras, TensorFlow or h5py that raised the error: module:function. Empty "
            "if the package's own handling of errors hides it. For a timeout, the innermost call "
            "that was never left."
        ),
        pattern=r"^(?:[\w.]+:[\w<>]+)?$",
        added=True,
    )
    weights_saved: str = column(
        (
            "Number of arrays (weights and state) in the saver's model; empty if nothing was "
            "compared."
        ),
        pattern=COUNT_OR_EMPTY,
        added=True,
    )
    weights_restored: str = column(
        "Number of these arrays that the loaded model holds, bit for bit.",
        pattern=COUNT_OR_EMPTY,
        added=True,
    )
    effects: str = column(
        (
            "Effects of a forged file on its reader, joined by +: code of the file ran during the "
            "load or when the model was used; a file was written outside of the current folder; "
            "another file was read. Empty without an effect."
        ),
        pattern=rf"^(?:{'|'.join(EFFECTS)})?(?:\+(?:{'|'.join(EFFECTS[1:])}))*$",
        added=True,
    )


@table("environments.csv", filled=True)
class EnvironmentRow:
    """One row per environment."""

    environment: str = column("Id of the environment.", pattern=NAME)
    python: str = column("Version of Python.", pattern=r"^3\.\d+\.\d+$")
    tensorflow: str = column("Version of TensorFlow.", filled=True)
    keras: str = column("Version of the Keras behind tf.keras.", filled=True)
    keras_implementation: str = column(
        "Implementation of tf.keras.", values=("tf.keras 2", "keras 3", "tf_keras")
    )
    backend: str = column("Backend of Keras.", filled=True)
    h5py: str = column("Version of h5py.", filled=True)
    hdf5: str = column("Version of the HDF5 library in it.", filled=True)
    numpy: str = column("Version of NumPy.", filled=True)
    protobuf: str = column("Version of protobuf.", filled=True)
    cutoff: str = column(
        "The environment holds packages that were uploaded before this date.",
        pattern=r"^\d{4}-\d\d-\d\d$",
        kind="date",
    )
    lock_sha256: str = column(
        "SHA-256 of the lock from which the environment was installed.", pattern=r"^[0-9a-f]{64}$"
    )
    platform: str = column("Operating system and processor.", filled=True)


CELLS, ENVIRONMENTS = TABLES["cells.csv"], TABLES["environments.csv"]
