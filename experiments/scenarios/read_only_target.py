"""A model is saved to a read-only folder, or from one. What does Keras say?

Saving should need permission for its target folder alone. If the save works, the model should come
back. Permissions bind root here like an owner of files.
Report: https://github.com/keras-team/keras/issues/19985 (weights written to another folder)
"""

import os

from experiments.scenarios import FILE_NAMES, BaseScenario, _machine, _models

STEM, FOLDER = "classifier", "models"
ROOM_KIB = 4096


def into_read_only_folder(save, path):
    """Save into a folder that forbids new files."""
    os.mkdir(FOLDER)
    with _machine.only_readable([FOLDER]):
        save(path)


def from_read_only_folder(save, path):
    """Save into a writable folder, while the current folder is read-only."""
    os.mkdir(FOLDER)
    with _machine.only_readable(["."]):
        save(path)


def over_read_only_file(save, path):
    """Save over a model whose files may not be written to."""
    os.mkdir(FOLDER)
    save(path)
    files = [os.path.join(at, name) for at, _, names in os.walk(FOLDER) for name in names]
    with _machine.only_readable(files):
        save(path)


def over_file_in_read_only_folder(save, path):
    """Save over a model that may be written to, in a folder that forbids new files."""
    os.mkdir(FOLDER)
    save(path)
    with _machine.only_readable([FOLDER]):
        save(path)


def onto_read_only_file_system(save, path):
    """Save onto a read-only file system."""
    with _machine.brought_out(FOLDER):
        save(path)


TARGETS = {
    "into_read_only_folder": into_read_only_folder,
    "from_read_only_folder": from_read_only_folder,
    "over_read_only_file": over_read_only_file,
    "over_file_in_read_only_folder": over_file_in_read_only_folder,
    "onto_read_only_file_system": onto_read_only_file_system,
    "into_missing_folder": lambda save, path: save(path),
}


class Scenario(BaseScenario):
    """Not compiled: the folder alone can be rejected."""

    MOUNTS = True

    def build(self, tf, cell):
        if cell["case"] == "onto_read_only_file_system":
            _machine.mount_small(FOLDER, ROOM_KIB)
            _machine.make_read_only(FOLDER)
        else:
            _machine.obey_permissions()
        return _models.mlp(tf.keras)

    def rebuild(self, tf, cell):
        return _models.mlp(tf.keras)

    def inputs(self, cell):
        return _models.INPUTS["mlp"]()

    def file_name(self, cell):
        return os.path.join(FOLDER, FILE_NAMES[cell["format"]].replace("model", STEM))

    def save(self, tf, model, path, cell):
        plainly = super(Scenario, self).save
        TARGETS[cell["case"]](lambda path: plainly(tf, model, path, cell), path)
