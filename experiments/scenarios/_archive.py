"""Edit the members of a `.keras` file."""

import zipfile

from experiments.scenarios import _files

WEIGHTS = "model.weights.h5"
"""The member that holds the weights."""


def packed_anew(path, edit, method=zipfile.ZIP_STORED):
    """Apply `edit` to the members of a `.keras` file, a map of names to bytes; return the path."""
    with zipfile.ZipFile(_files.need_zip(path)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in edit(members).items():
            archive.writestr(name, content)
    return path
