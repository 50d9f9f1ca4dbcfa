"""A path leads to no model, or an unusual path leads to one. Does it load, and what does Keras say?

The model is whole; only the loader's path, or the file at that path, is wrong.
"""

import os

from experiments.scenarios import FILE_NAMES, BaseScenario, _machine, _models

STEM = "classifier"
LONGEST, PREFIX = 255, 217
"""The largest number of bytes of a file's name, and of a checkpoint's prefix.

TensorFlow adds `_temp_` and 32 digits to the prefix while it saves.
"""


def lengthened(name, length):
    """Return `name` with a longer stem, so that it has `length` bytes."""
    stem, dot, extension = name.partition(".")
    return (stem + "-long" * length)[: length - len(dot + extension)] + dot + extension


def folder_for_file(path):
    """Move all saved files into a folder of that name."""
    _move(os.listdir("."), "moved")
    os.rename("moved", path)
    return path


def relative_path(path):
    """Change to another folder; return the path relative to the first folder."""
    os.mkdir("notebooks")
    os.chdir("notebooks")
    return path


def dangling_link(path):
    """Leave links to a folder that was renamed."""
    saved = os.listdir(".")
    _move(saved, "mounted")
    for name in saved:
        os.symlink(os.path.join("mounted", name), name)
    os.rename("mounted", "unmounted")
    return path


def tilde(path):
    """Move all saved files to the home folder; return a path that only a shell expands."""
    _move(os.listdir("."), os.path.expanduser("~"))
    return "~/" + path


def no_permission(path):
    """Forbid reading the saved files, to root as well."""
    _machine.obey_permissions()
    for name in os.listdir("."):
        os.chmod(name, 0)
    return path


def _move(names, folder):
    os.makedirs(folder, exist_ok=True)
    for name in names:
        os.rename(name, os.path.join(folder, name))


SAVED_AS = {
    "non_ascii": lambda name: name.replace(STEM, "modèle_模型"),
    "long_name": lambda name: lengthened(name, LONGEST if "." in name else PREFIX),
}
PATHS = {
    "no_such_file": lambda path: path.replace(STEM, "classifer"),
    "no_such_folder": lambda path: os.path.join("runs_7", path),
    "folder_for_file": folder_for_file,
    "file_for_folder": lambda path: os.path.join(path, "saved_model.pb"),
    "file_for_prefix": lambda path: path + ".index",
    "typo_in_extension": lambda path: path[:-1],
    "no_extension": lambda path: path.partition(".")[0],
    "empty_path": lambda path: "",
    "relative_path": relative_path,
    "dangling_link": dangling_link,
    "tilde": tilde,
    "no_permission": no_permission,
    "too_long_name": lambda path: lengthened(path, LONGEST + 1),
}


class Scenario(BaseScenario):
    """Not compiled: the path alone can be rejected."""

    def build(self, tf, cell):
        return _models.mlp(tf.keras)

    def inputs(self, cell):
        return _models.INPUTS["mlp"]()

    def file_name(self, cell):
        name = FILE_NAMES[cell["format"]].replace("model", STEM)
        return SAVED_AS.get(cell["saved_as"], str)(name)

    def prepare(self, path, cell):
        return PATHS.get(cell["case"], str)(path)
