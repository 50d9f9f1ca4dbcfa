"""Map the bytes of a model's files to regions, by the structure of each format.

`byte_map` holds the regions of a file. `hdf5`, `archive`, `protobuf` and `bundle` mark the files
of one format each.
"""

from __future__ import annotations

from collections.abc import Mapping

from experiments.corruption.anatomy import archive, bundle, hdf5, protobuf
from experiments.corruption.anatomy.byte_map import ByteMap

INDEX, SHARD = ".index", ".data-00000-of-00001"
PLAIN = {
    "keras_metadata.pb": "keras_metadata",
    "fingerprint.pb": "fingerprint",
    "checkpoint": "state_file",
}
"""Files of a single region, by their names."""


def byte_maps(files: Mapping[str, bytes]) -> dict[str, ByteMap]:
    """Return the byte map of each file of a model, by its name.

    Raises `UnknownStructureError` for a file whose layout differs from that of its format, and
    `KeyError` for a file of no known format.
    """
    return {name: _byte_map(name, content, files) for name, content in sorted(files.items())}


def _byte_map(name: str, content: bytes, files: Mapping[str, bytes]) -> ByteMap:
    base = name.rpartition("/")[2]
    if content.startswith(hdf5.SIGNATURE):
        return hdf5.map_bytes(content)
    if content.startswith(b"PK"):
        return archive.map_bytes(content)
    if base == "saved_model.pb":
        return protobuf.map_bytes(content)
    if base.endswith(INDEX):
        return bundle.map_index(content)
    if base.endswith(SHARD):
        return bundle.map_shard(content, files[name.removesuffix(SHARD) + INDEX])
    byte_map = ByteMap(content)
    byte_map.mark(PLAIN[base], 0, len(content))
    return byte_map
