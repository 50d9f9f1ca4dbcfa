"""Map the bytes of a TensorFlow checkpoint, which may be part of a SavedModel.

The index is a sorted table in LevelDB's format (tensorflow/core/lib/io/table_format.txt and
format.cc) of messages (tensorflow/core/protobuf/tensor_bundle.proto). The shard holds the tensors
one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.corruption.anatomy.byte_map import ByteMap, UnknownStructureError
from experiments.corruption.anatomy.protobuf import fields, varint

FOOTER, TRAILER = 48, 5
MAGIC = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"
OFFSET, SIZE = 4, 5
"""The fields of a BundleEntryProto with a tensor's offset in the shard and its size in bytes."""
OBJECT_GRAPH = b"_CHECKPOINTABLE_OBJECT_GRAPH"
"""The only entry that is no variable: it names the objects and the variables of each."""


def map_index(content: bytes) -> ByteMap:
    """Return the byte map of an index; raise `UnknownStructureError` for another layout."""
    byte_map = ByteMap(content)
    byte_map.mark("index_structure", 0, len(content))
    for start, size in _data_blocks(byte_map):
        byte_map.mark("index_entries", start, size)
    return byte_map


def map_shard(content: bytes, index: bytes) -> ByteMap:
    """Return the byte map of the shard to which an index refers."""
    byte_map = ByteMap(content)
    for name, start, size in tensors(index):
        byte_map.mark("checkpoint_graph" if name == OBJECT_GRAPH else "tensor_data", start, size)
    return byte_map


def tensors(index: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name, the start in the shard and the size of each tensor that an index lists."""
    byte_map = ByteMap(index)
    for block_start, block_size in _data_blocks(byte_map):
        for name, start, size in _entries(byte_map, block_start, block_size):
            if name:  # the first entry has no name and describes the shards
                location = dict.fromkeys((OFFSET, SIZE), 0)
                for field, value_start, _ in fields(index, start, start + size):
                    if field in location:
                        location[field] = varint(index, value_start)[0]
                yield name, location[OFFSET], location[SIZE]


def _data_blocks(byte_map: ByteMap) -> Iterator[tuple[int, int]]:
    """Yield start and size of each block of entries, as the table's last block lists them."""
    footer = len(byte_map.content) - FOOTER
    if footer < 0:
        raise UnknownStructureError("too short for a table")
    byte_map.expect(MAGIC, len(byte_map.content) - len(MAGIC))
    _, _, listing = _handle(byte_map.content, footer)
    start, size, _ = _handle(byte_map.content, listing)
    for _, handle, _ in _entries(byte_map, start, size):
        block_start, block_size, _ = _handle(byte_map.content, handle)
        yield block_start, block_size


def _handle(content: bytes, offset: int) -> tuple[int, int, int]:
    """Read the handle of a block: its start, its size, and the offset after both numbers."""
    start, offset = varint(content, offset)
    size, offset = varint(content, offset)
    return start, size, offset


def _entries(byte_map: ByteMap, start: int, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name of each entry of a block, and the start and size of its value.

    An entry holds only those bytes of its name that differ from the name before.
    """
    content = byte_map.content
    if content[start + size] != 0:
        raise UnknownStructureError(f"the block at {start} is compressed")
    (restarts,) = byte_map.numbers("I", start + size - 4)
    offset, end, name = start, start + size - 4 - 4 * restarts, b""
    while offset < end:
        shared, offset = varint(content, offset)
        unshared, offset = varint(content, offset)
        length, offset = varint(content, offset)
        name = name[:shared] + content[offset : offset + unshared]
        yield name, offset + unshared, length
        offset += unshared + length
