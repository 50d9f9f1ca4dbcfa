"""A file inside a `.keras` file or a SavedModel is removed, cut or repacked. Is the edit noticed?

A model that lost nothing must come back.

Report: https://github.com/keras-team/keras/issues/20381
"""

import os
import zipfile

from experiments.scenarios import Skip, _archive, _files

CONFIG, METADATA = "config.json", "metadata.json"
KERAS_METADATA = "keras_metadata.pb"


def without(name):
    """Return an edit that takes a member out."""
    return lambda path: _archive.packed_anew(path, lambda m: {n: m[n] for n in m if n != name})


def cut(name):
    """Return an edit that keeps only the first half of a member."""
    return lambda path: _archive.packed_anew(
        path, lambda m: {n: m[n][: len(m[n]) // 2] if n == name else m[n] for n in m}
    )


def member_added(path):
    """Add the member that macOS adds to each archive."""
    return _archive.packed_anew(path, lambda m: dict(m, **{"__MACOSX/._config.json": b"\0"}))


def folder_inside(path):
    """Put the members into a folder inside the archive."""
    return _archive.packed_anew(path, lambda m: {_files.STEM + "/" + n: m[n] for n in m})


def compressed(path):
    """Compress the members, as other programs do."""
    return _archive.packed_anew(path, dict, zipfile.ZIP_DEFLATED)


def unpacked_without_weights(path):
    """Unpack the file and remove the weights; return the folder."""
    folder = _files.unzipped(path, _files.STEM)
    os.remove(os.path.join(folder, _archive.WEIGHTS))
    return folder


def without_keras_metadata(path):
    """Remove the file by which Keras knows that it wrote a SavedModel."""
    metadata = os.path.join(path, KERAS_METADATA)
    if not os.path.exists(metadata):
        raise Skip("this release writes no " + KERAS_METADATA)
    os.remove(metadata)
    return path


EDITS = {
    "config_cut": cut(CONFIG),
    "config_removed": without(CONFIG),
    "metadata_removed": without(METADATA),
    "weights_cut": cut(_archive.WEIGHTS),
    "weights_removed": without(_archive.WEIGHTS),
    "member_added": member_added,
    "folder_inside": folder_inside,
    "compressed": compressed,
    "unpacked_weights_removed": unpacked_without_weights,
    "keras_metadata_removed": without_keras_metadata,
}


class Scenario(_files.PlainModel):
    """A case is an edit of the file; `prepare` makes it."""

    def prepare(self, path, cell):
        return EDITS[cell["case"]](path)
