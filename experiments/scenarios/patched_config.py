"""The config inside a file is edited for the other Keras before loading. Does the file load then?

Users pass this way out on. A case goes `back`, from Keras 3 to Keras 2, or `forth`.

Reports: https://github.com/tensorflow/tensorflow/issues/70866 (the module of `Functional`)
"""

import json
import zipfile

import h5py

from experiments.scenarios import Skip, _crossing


def renamed(old, new):
    """Return a patch that renames a key."""
    return lambda mapping: {new if key == old else key: value for key, value in mapping.items()}


def without(*keys):
    """Return a patch that leaves keys out."""
    return lambda mapping: {key: value for key, value in mapping.items() if key not in keys}


def policies_named(mapping):
    """Replace a policy by its name."""
    dtype = mapping.get("dtype")
    return dict(mapping, dtype=dtype["config"]["name"]) if isinstance(dtype, dict) else mapping


def input_shapes(mapping):
    """Give the shape to the input layer alone, as Keras 3 wants it."""
    if "sparse" in mapping:
        return renamed("batch_input_shape", "batch_shape")(mapping)
    return without("batch_input_shape")(mapping)


def module(old, new):
    """Return a patch that names another module for the class."""
    return lambda mapping: dict(mapping, module=new) if mapping.get("module") == old else mapping


TWO, THREE = "keras.src.engine.functional", "keras.src.models.functional"
BACK = {
    "input_shape": renamed("batch_shape", "batch_input_shape"),
    "dtype_policy": policies_named,
    "unknown_arguments": without("quantization_config", "optional", "input_axes", "output_axes"),
    "module": module(THREE, TWO),
}
FORTH = {
    "input_shape": input_shapes,
    "groups": without("groups"),
    "time_major": without("time_major"),
    "module": module(TWO, THREE),
}


def patched(value, patches):
    """Apply the patches to every mapping."""
    if isinstance(value, list):
        return [patched(item, patches) for item in value]
    if not isinstance(value, dict):
        return value
    for patch in patches:
        value = patch(value)
    return {key: patched(item, patches) for key, item in value.items()}


class Scenario(_crossing.Crossing):
    """A case is a direction and a patch, or `all`; `saved_as` names the model."""

    def arrange(self, tf, cell):
        back = cell["case"].startswith("back")
        if back == hasattr(tf.keras, "DTypePolicy"):
            raise Skip("patched for the other Keras")

    def prepare(self, path, cell):
        direction, _, names = cell["case"].partition("_")
        patches = {"back": BACK, "forth": FORTH}[direction]
        chosen = [patches[name] for name in patches if name in names or names.startswith("all")]
        (in_zip if cell["format"] == "keras" else in_hdf5)(path, chosen)
        return path


def edited(text, patches):
    """Return the text of a config after the patches; skip a file that they do not change."""
    config = json.loads(text)
    new = patched(config, patches)
    if new == config:
        raise Skip("there is nothing to patch in this file")
    return json.dumps(new)


def in_hdf5(path, patches):
    """Edit the config among the attributes of the file."""
    with h5py.File(path, "r+") as root:
        root.attrs["model_config"] = edited(root.attrs["model_config"], patches)


def in_zip(path, patches):
    """Edit the config among the members of the archive."""
    if not zipfile.is_zipfile(path):
        raise Skip("this release gives the name .keras to an HDF5 file")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["config.json"] = edited(members["config.json"], patches)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
