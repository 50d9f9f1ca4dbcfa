"""Repeats one side of one cell by hand, in the current folder and in a separate process.

    python replay.py save CELL SAVED_AS NUMBERS    saves; NUMBERS.npz gets the saver's numbers
    python replay.py load CELL SAVED_AS NUMBERS    loads a copy of the saved files, and compares

Runs inside the environments: Python 3.7, NumPy, h5py, TensorFlow. Nothing of the suite's worker is
used. A scenario gives its models, inputs, file name and changes of the files; `round_trip` is
written out. Lines of JSON name the phases; the last line is the outcome.
"""

# mypy: ignore-errors
# ruff: noqa: B905 -- Python 3.7 knows no strict zip

import json
import random
import sys
from collections import Counter
from pathlib import Path

import numpy
import telling
import training

SAVED, FRESH = 1000, 500000
NAMES = {
    "h5": "model.h5",
    "keras": "model.keras",
    "savedmodel": "model",
    "weights_h5": "model.h5",
    "keras_weights_h5": "model.weights.h5",
    "checkpoint": "model",
}


class RoundTrip:
    """`round_trip`, written out: four models, compiled where the whole model is saved."""

    RESUMES = False

    def build(self, tf, cell):
        keras = tf.keras
        kind = cell["case"].split("_")[0]
        if kind == "mlp":
            model = keras.Sequential(
                [
                    keras.layers.Dense(8, activation="relu", input_shape=(5,)),
                    keras.layers.Dense(3),
                ]
            )
        elif kind == "cnn":
            model = keras.Sequential(
                [
                    keras.layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 3)),
                    keras.layers.BatchNormalization(),
                    keras.layers.DepthwiseConv2D(3, activation="relu"),
                    keras.layers.Flatten(),
                    keras.layers.Dense(3),
                ]
            )
        elif kind == "rnn":
            model = keras.Sequential(
                [
                    keras.layers.Embedding(11, 4, input_shape=(6,)),
                    keras.layers.LSTM(5, return_sequences=True),
                    keras.layers.GRU(4),
                    keras.layers.Dense(3),
                ]
            )
        elif kind == "nested":
            inner = keras.Sequential(
                [
                    keras.layers.Dense(6, activation="relu", input_shape=(5,)),
                    keras.layers.Dense(4, activation="tanh"),
                ]
            )
            outer = keras.Input(shape=(5,))
            model = keras.Model(outer, keras.layers.Dense(3)(inner(outer)))
        if cell["format"] in ("h5", "keras", "savedmodel") and cell["case"] != "mlp_uncompiled":
            model.compile(optimizer="adam", loss="mse")
        return model

    rebuild = build

    def inputs(self, cell):
        numbers = numpy.random.RandomState(7)
        if cell["case"] == "rnn":
            return [numbers.randint(0, 11, (4, 6)).astype("int32")]
        shape = (4, 8, 8, 3) if cell["case"] == "cnn" else (4, 5)
        return [numbers.uniform(-1.0, 1.0, shape).astype("float32")]

    def file_name(self, cell):
        return NAMES[cell["format"]]

    def train(self, tf, model, cell):
        pass

    def save(self, tf, model, path, cell):
        if cell["format"] in ("h5", "keras", "savedmodel"):
            model.save(path)
        else:
            model.save_weights(path)

    def prepare(self, path, cell):
        return path

    def arrange(self, tf, cell):
        pass

    def custom_objects(self, tf, cell):
        return None


def scenario_of(name):
    if name == "round_trip":
        return RoundTrip()
    import importlib

    return importlib.import_module("experiments.scenarios." + name).Scenario()


def say(**fields):
    print(json.dumps(fields), flush=True)


def seed(tf, number):
    random.seed(number)
    numpy.random.seed(number)
    tf.random.set_seed(number)


def innermost(layer):
    """List the layers that hold weights themselves, in the order of the model."""
    inner = getattr(layer, "layers", None)
    if not inner:
        return [layer]
    return [leaf for child in inner for leaf in innermost(child)]


def assign(model, first):
    """Give the n-th variable of the model the numbers of seed `first + n`; variances positive."""
    number = first
    for layer in innermost(model):
        for weight in layer.weights:
            if not hasattr(weight, "assign"):  # a table of words
                continue
            old = weight.numpy()
            new = numpy.random.RandomState(number).uniform(-0.5, 0.5, old.shape)
            if "variance" in weight.name:
                new = new + 1.0
            if old.dtype.kind == "f":
                weight.assign(new.astype(old.dtype))
            number += 1
    return number > first


def predict(tf, model, inputs):
    tensors = [tf.constant(array) for array in inputs]
    outputs = model(tensors if len(tensors) > 1 else tensors[0], training=False)
    if isinstance(outputs, dict):
        outputs = [outputs[name] for name in sorted(outputs)]
    if not isinstance(outputs, (list, tuple)):
        outputs = [outputs]
    return [output.numpy() for output in outputs]


def save(tf, scenario, cell, numbers):
    seed(tf, SAVED)
    say(phase="build")
    model = scenario.build(tf, cell)
    say(phase="prepare")
    built = assign(model, SAVED)
    path = scenario.file_name(cell)
    say(phase="train")
    scenario.train(tf, model, cell)
    say(phase="save")
    scenario.save(tf, model, path, cell)
    if not any(Path().iterdir()):
        return {"outcome": "not_saved", "reason": "save returned but wrote nothing"}
    say(phase="predict")
    predictions = predict(tf, model, scenario.inputs(cell))
    if not built:
        assign(model, SAVED)
        predictions = predict(tf, model, scenario.inputs(cell))
    values = observed(model, predictions)
    if getattr(model, "optimizer", None) is not None:
        try:
            values.update(training.go_on(tf, model, scenario.inputs(cell), predictions))
        except Exception as error:
            print(error, file=sys.stderr)  # without it, loaders do not train
    keep(numbers, values)
    say(phase="save")
    return {"outcome": "saved"}


def load(tf, scenario, cell, numbers):
    saved = kept(numbers)
    seed(tf, FRESH)
    path = scenario.prepare(scenario.file_name(cell), cell)
    say(phase="build")
    scenario.arrange(tf, cell)
    if cell["api"].startswith("load_model"):
        objects = scenario.custom_objects(tf, cell)
        arguments = {} if objects is None else {"custom_objects": objects}
        if cell["api"] == "load_model_uncompiled":
            arguments["compile"] = False
        elif cell["api"] == "load_model_unsafe":
            arguments["safe_mode"] = False
        say(phase="load")
        model = tf.keras.models.load_model(path, **arguments)
    elif cell["api"] == "tfsm_layer":
        say(phase="load")
        model = tf.keras.layers.TFSMLayer(path, call_endpoint="serving_default")
    else:
        say(phase="build")
        model = scenario.rebuild(tf, cell)
        say(phase="prepare")
        assign(model, FRESH)
        say(phase="load")
        if cell["api"] == "load_weights":
            model.load_weights(path)
        elif cell["api"] == "load_weights_assert_consumed":
            model.load_weights(path).assert_consumed()
        elif cell["api"] == "load_weights_by_name":
            model.load_weights(path, by_name=True)
        elif cell["api"] == "load_weights_skip_mismatch":
            model.load_weights(path, skip_mismatch=True)
        elif cell["api"] == "load_weights_by_name_skip_mismatch":
            model.load_weights(path, by_name=True, skip_mismatch=True)
    say(phase="predict")
    if cell["api"].startswith("load_model"):
        model.predict  # noqa: B018 -- raises if the loaded object is no model
    computed = predict(tf, model, scenario.inputs(cell))
    values = observed(model, computed)
    trains = cell["api"] in ("load_model", "load_model_unsafe") or scenario.RESUMES
    if trains and "compile" in saved:
        values.update(training.go_on(tf, model, scenario.inputs(cell), computed, say))
    say(phase="compare")
    return compared(saved, values)


def observed(model, predictions):
    trained = [id(weight) for weight in model.trainable_weights]
    values = {"predictions": predictions, "weights": [], "state": [], "dtype": []}
    for layer in innermost(model):
        for weight in layer.weights:
            if hasattr(weight, "assign"):
                values["weights" if id(weight) in trained else "state"].append(weight.numpy())
        if layer.weights and "float" in str(layer.dtype):
            computes = getattr(layer, "compute_dtype", getattr(layer, "_compute_dtype", None))
            values["dtype"].append(numpy.array(f"{computes or layer.dtype} {layer.dtype}"))
    return values


def keep(path, values):
    named = {}
    for name, arrays in values.items():
        named.update({f"{name} {i:03d}": array for i, array in enumerate(arrays)})
    numpy.savez(path, **named)


def kept(path):
    with numpy.load(path) as stored:
        values = {}
        for name in sorted(stored.files):
            values.setdefault(name.split()[0], []).append(stored[name])
        return values


def compared(saved, values):
    def identities(side, *names):
        arrays = [array for name in names for array in side.get(name, [])]
        return sorted((str(array.dtype), array.shape, array.tobytes()) for array in arrays)

    differs, difference = set(), None
    mine, theirs = (identities(side, "weights", "state") for side in (saved, values))
    for name in ("weights", "state"):
        if any(mine.count(array) > theirs.count(array) for array in identities(saved, name)):
            differs.add(name)
        if any(theirs.count(array) > mine.count(array) for array in identities(values, name)):
            differs.add(name)
    if not training.alike(saved["predictions"], values["predictions"]):
        differs.add("predictions")
    types = [[str(name) for name in side.get("dtype", [])] for side in (saved, values)]
    if len(types[0]) != len(types[1]):  # a layer more or less
        types = [set(names) for names in types]
    if sorted(types[0]) != sorted(types[1]):
        differs.add("dtype")
    if "compile" in saved and "compile" in values:
        differs |= training.lost(saved, values, bool(differs))
    pairs = list(zip(saved["predictions"], values["predictions"]))
    if differs and [a.shape for a, b in pairs] == [b.shape for a, b in pairs]:
        difference = max(float(abs(a.astype("f8") - b.astype("f8")).max()) for a, b in pairs)
    order = ("weights", "predictions", "state", "optimizer", "next_step", "compile", "dtype")
    return {
        "outcome": "different" if differs else "equal",
        "differs": "+".join(name for name in order if name in differs),
        "max_abs_diff": difference,
        "weights_saved": len(saved.get("weights", [])) + len(saved.get("state", [])),
        "weights_restored": sum(
            min(Counter(mine)[array], Counter(theirs)[array]) for array in set(mine)
        ),
    }


def main():
    side, identity, saved_as, numbers = sys.argv[1:]
    name, case, form, api = identity.split("/")[:4]
    cell = {"scenario": name, "case": case, "saved_as": saved_as, "format": form}
    say(phase="prepare")
    import tensorflow as tf

    try:
        if side == "save":
            cell["case"] = saved_as
            end = save(tf, scenario_of(name), cell, numbers)
        else:
            cell["api"] = api
            end = load(tf, scenario_of(name), cell, numbers)
    except Exception as error:
        end = dict(telling.described(error), outcome="error")
    say(**end)


main()
