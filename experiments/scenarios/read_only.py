"""A model lies in a folder that is read-only, or may not be entered. Does it load?

Loading should need no permission to write. Permissions bind root here like an owner of files.
Report: https://github.com/keras-team/keras/issues/19921 (weights extracted beside the archive)
"""

import os

from experiments.scenarios import _files, _machine

FOLDER = "models"
ROOM_KIB = 4096


def read_only_folder(path):
    """Forbid making files beside the model."""
    os.chmod(".", 0o555)
    _machine.obey_permissions()
    return path


def read_only_file(path):
    """Forbid writing to the model's files."""
    for folder, _, names in os.walk("."):
        for name in names:
            os.chmod(os.path.join(folder, name), 0o444)
    _machine.obey_permissions()
    return path


def read_only_file_system(path):
    """Move the model to a read-only file system; return its path."""
    saved = os.listdir(".")
    _machine.mount_small(FOLDER, ROOM_KIB)
    _machine.move(saved, FOLDER)
    _machine.make_read_only(FOLDER)
    return os.path.join(FOLDER, path)


def closed_folder(path):
    """Move the model into a folder that may not be entered; return its path."""
    saved = os.listdir(".")
    os.mkdir(FOLDER)
    _machine.move(saved, FOLDER)
    os.chmod(FOLDER, 0)
    _machine.obey_permissions()
    return os.path.join(FOLDER, path)


PLACES = {
    "read_only_folder": read_only_folder,
    "read_only_file": read_only_file,
    "read_only_file_system": read_only_file_system,
    "closed_folder": closed_folder,
}


class Scenario(_files.PlainModel):
    """Not compiled: the folder alone can be rejected."""

    MOUNTS = True

    def prepare(self, path, cell):
        return PLACES[cell["case"]](path)
