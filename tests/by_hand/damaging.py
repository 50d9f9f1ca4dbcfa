"""One damaged file by hand: save, damage, load, say what came of it. Run inside an environment.

`python damaging.py FORMAT WHAT`, with WHAT as in the column of that name of
corruption_files.parquet. It shares no line with the suite.
"""

# mypy: ignore-errors

import gzip
import json
import sys
from pathlib import Path

import numpy
import telling

form, what = sys.argv[1], json.loads(sys.argv[2])

import tensorflow as tf  # noqa: E402
from tensorflow.core.protobuf import saved_model_pb2  # noqa: E402

layers = tf.keras.layers


def model():
    return tf.keras.Sequential(
        [layers.Dense(8, activation="relu", input_shape=(5,)), layers.Dense(3)]
    )


def set_weights(of, seed):
    for place, variable in enumerate(of.weights):
        numbers = numpy.random.RandomState(seed + place)
        variable.assign(numbers.uniform(-0.5, 0.5, variable.shape).astype("float32"))


NAMES = {
    "h5": "classifier.h5",
    "keras": "classifier.keras",
    "savedmodel": "classifier",
    "weights_h5": "classifier.h5",
    "keras_weights_h5": "classifier.weights.h5",
    "checkpoint": "classifier",
}
WHOLE = form in ("h5", "keras", "savedmodel")

saved = model()
set_weights(saved, 1000)
path = NAMES[form]
(saved.save if WHOLE else saved.save_weights)(path)
if form == "savedmodel":  # in the one order of all those that a graph can be written in
    graph_file = Path(path, "saved_model.pb")
    graph = saved_model_pb2.SavedModel.FromString(graph_file.read_bytes())
    functions = graph.meta_graphs[0].graph_def.library.function
    functions.sort(key=lambda one: one.signature.name)
    for node in graph.meta_graphs[0].object_graph_def.nodes:
        if node.WhichOneof("kind") == "function":
            node.function.concrete_functions.sort()
    graph_file.write_bytes(graph.SerializeToString(deterministic=True))


def flipped(content):
    one = bytearray(content)
    one[what["at"]] ^= what["bits"]
    return bytes(one)


def zeroed(content):
    one = bytearray(content)
    for place in range(what["at"], what["at"] + what["length"]):
        one[place] = 0
    return bytes(one)


def swapped(content):
    one, size = bytearray(content), what["length"]
    first = one[what["at"] : what["at"] + size]
    second = one[what["other"] : what["other"] + size]
    one[what["at"] : what["at"] + size] = second
    one[what["other"] : what["other"] + size] = first
    return bytes(one)


WAYS = {
    "flip": flipped,
    "zero": zeroed,
    "swap": swapped,
    "cut": lambda content: content[: what["at"]],
    "empty": lambda content: b"",
    "crlf": lambda content: b"\r\n".join(content.split(b"\n")),
    "utf8": lambda content: content.decode("iso-8859-1").encode("utf8"),
    "utf8_lossy": lambda content: content.decode("utf8", errors="replace").encode("utf8"),
    "byte_order_mark": lambda content: "\ufeff".encode() + content,
    "html_page": lambda content: b"<!DOCTYPE html>\n<title>404</title>\n",
    "lfs_pointer": lambda content: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    "gzip": gzip.compress,
    "second_half_zero": lambda content: (
        content[: len(content) // 2] + b"\0" * (len(content) - len(content) // 2)
    ),
    "twice": lambda content: content + content,
}
file = Path(what["file"])
if what["do"] == "missing_file":
    file.unlink()
else:
    file.write_bytes(WAYS[what["do"]](file.read_bytes()))

numbers = numpy.random.RandomState(7).uniform(-1, 1, (4, 5)).astype("float32")
wanted = saved(tf.constant(numbers), training=False).numpy()
kept = [variable.numpy() for variable in saved.weights]
tf.keras.backend.clear_session()  # names are counted anew, as in a program that only loads
try:
    if WHOLE:
        loaded = tf.keras.models.load_model(path)
    else:
        loaded = model()
        set_weights(loaded, 500000)
        loaded.load_weights(path)
    found = loaded(tf.constant(numbers), training=False).numpy()
    same = found.shape == wanted.shape and numpy.allclose(found, wanted, rtol=1e-4, atol=1e-5)
    theirs = [variable.numpy() for variable in loaded.weights]
    same = same and sorted(one.tobytes() for one in kept) == sorted(one.tobytes() for one in theirs)
    ended = {"outcome": "equal" if same else "different"}
except Exception as error:
    ended = dict(telling.described(error), outcome="error")
print(json.dumps(ended))
