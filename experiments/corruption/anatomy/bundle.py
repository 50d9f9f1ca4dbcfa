"""What is where in a checkpoint of TensorFlow, alone or in a SavedModel?

An index, which is a sorted table of LevelDB's format (tensorflow/core/lib/io/table_format.txt,
format.cc), of messages (tensorflow/core/protobuf/tensor_bundle.proto), and a shard, which is the
tensors one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.corruption.anatomy.canvas import Canvas, UnknownStructureError
from experiments.corruption.anatomy.protobuf import fields, varint

FOOTER, TRAILER = 48, 5
MAGIC = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"
OFFSET, SIZE = 4, 5
"""The fields of a BundleEntryProto that say where in the shard a tensor is."""
OBJECT_GRAPH = b"_CHECKPOINTABLE_OBJECT_GRAPH"
"""The one entry that is no variable: which object has which."""


def paint_index(content: bytes) -> Canvas:
    """Return the places of an index; raise `UnknownStructureError` for another layout."""
    canvas = Canvas(content)
    canvas.paint("index_structure", 0, len(content))
    for start, size in _data_blocks(canvas):
        canvas.paint("index_entries", start, size)
    return canvas


def paint_shard(content: bytes, index: bytes) -> Canvas:
    """Return the places of the shard of this index."""
    canvas = Canvas(content)
    for name, start, size in tensors(index):
        canvas.paint("checkpoint_graph" if name == OBJECT_GRAPH else "tensor_data", start, size)
    return canvas


def tensors(index: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start in the shard and size of each entry of an index."""
    canvas = Canvas(index)
    for start, size in _data_blocks(canvas):
        for name, at, length in _entries(canvas, start, size):
            if name:  # the first has none and tells of the shards
                found = dict.fromkeys((OFFSET, SIZE), 0)
                for field, inside, _ in fields(index, at, at + length):
                    if field in found:
                        found[field] = varint(index, inside)[0]
                yield name, found[OFFSET], found[SIZE]


def _data_blocks(canvas: Canvas) -> Iterator[tuple[int, int]]:
    """Yield start and size of each block of entries, going by the block that lists them."""
    footer = len(canvas.content) - FOOTER
    if footer < 0:
        raise UnknownStructureError("too short for a table")
    canvas.expect(MAGIC, len(canvas.content) - len(MAGIC))
    _, _, at = _handle(canvas.content, footer)
    start, size, _ = _handle(canvas.content, at)
    for _, place, _ in _entries(canvas, start, size):
        block, length, _ = _handle(canvas.content, place)
        yield block, length


def _handle(content: bytes, at: int) -> tuple[int, int, int]:
    """Read where a block is: start, size, and the place after both numbers."""
    start, at = varint(content, at)
    size, at = varint(content, at)
    return start, size, at


def _entries(canvas: Canvas, start: int, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, and start and size of the value, of each entry of a block."""
    if canvas.content[start + size] != 0:
        raise UnknownStructureError(f"the block at {start} is packed")
    (restarts,) = canvas.numbers("I", start + size - 4)
    at, end, name = start, start + size - 4 - 4 * restarts, b""
    while at < end:
        shared, at = varint(canvas.content, at)
        own, at = varint(canvas.content, at)
        length, at = varint(canvas.content, at)
        name = name[:shared] + canvas.content[at : at + own]
        yield name, at + own, length
        at += own + length
