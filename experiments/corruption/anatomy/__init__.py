"""Where in a model's files lies what? By the structure of each format, not by number."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.corruption.anatomy import archive, bundle, hdf5, protobuf
from experiments.corruption.anatomy.canvas import Canvas

INDEX, SHARD = ".index", ".data-00000-of-00001"
PLAIN = {
    "keras_metadata.pb": "keras_metadata",
    "fingerprint.pb": "fingerprint",
    "checkpoint": "state_file",
}
"""Files that are one place, by their names."""


def canvases(files: Mapping[str, bytes]) -> dict[str, Canvas]:
    """Return the places of each file of a model, by its name.

    Raises `UnknownStructureError` for a file that is not laid out as it should be.
    """
    return {name: _canvas(name, content, files) for name, content in sorted(files.items())}


def _canvas(name: str, content: bytes, files: Mapping[str, bytes]) -> Canvas:
    base = name.rpartition("/")[2]
    if content.startswith(hdf5.SIGNATURE):
        return hdf5.paint(content)
    if content.startswith(b"PK"):
        return archive.paint(content)
    if base == "saved_model.pb":
        return protobuf.paint(content)
    if base.endswith(INDEX):
        return bundle.paint_index(content)
    if base.endswith(SHARD):
        return bundle.paint_shard(content, files[name.removesuffix(SHARD) + INDEX])
    canvas = Canvas(content)
    canvas.paint(PLAIN[base], 0, len(content))
    return canvas
