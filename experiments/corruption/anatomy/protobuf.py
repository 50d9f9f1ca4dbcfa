"""Map the bytes of a `saved_model.pb`: the fields of its message, two levels deep.

https://protobuf.dev/programming-guides/encoding; the numbers of the fields are those of
tensorflow/core/protobuf/saved_model.proto, meta_graph.proto and core/framework/graph.proto.
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.corruption.anatomy.byte_map import ByteMap, UnknownStructureError

VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5
META_GRAPH, GRAPH = 2, 2
REGIONS = {1: "meta_info", 2: "graph", 5: "signatures", 7: "object_graph"}
"""The region of each field of a MetaGraphDef; its remaining bytes are `protobuf`."""
LIBRARY = 2
"""The field of a GraphDef that holds its functions."""


def map_bytes(content: bytes) -> ByteMap:
    """Return the byte map of a SavedModel's graph; raise `UnknownStructureError` for others."""
    byte_map = ByteMap(content)
    byte_map.mark("protobuf", 0, len(content))
    for field, start, end in fields(content, 0, len(content)):
        if field == META_GRAPH:
            _mark_meta_graph(byte_map, start, end)
    return byte_map


def _mark_meta_graph(byte_map: ByteMap, start: int, end: int) -> None:
    for field, value_start, value_end in fields(byte_map.content, start, end):
        byte_map.mark(REGIONS.get(field, "protobuf"), value_start, value_end - value_start)
        if field == GRAPH:
            _mark_functions(byte_map, value_start, value_end)


def _mark_functions(byte_map: ByteMap, start: int, end: int) -> None:
    for field, value_start, value_end in fields(byte_map.content, start, end):
        if field == LIBRARY:
            byte_map.mark("functions", value_start, value_end - value_start)


def fields(content: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each field of a message, and the start and end of its value."""
    offset = start
    while offset < end:
        tag, offset = varint(content, offset)
        wire_type = tag & 7
        if wire_type == BYTES:
            length, offset = varint(content, offset)
        elif wire_type == VARINT:
            length = varint(content, offset)[1] - offset
        elif wire_type in (FIXED_64, FIXED_32):
            length = 8 if wire_type == FIXED_64 else 4
        else:
            raise UnknownStructureError(f"wire type {wire_type} at {offset}")
        if offset + length > end:
            raise UnknownStructureError(f"field {tag >> 3} at {offset} is longer than its message")
        yield tag >> 3, offset, offset + length
        offset += length


def varint(content: bytes, offset: int) -> tuple[int, int]:
    """Read a number of seven bits a byte; return it, and the offset after it."""
    value, shift = 0, 0
    while offset < len(content) and shift < 70:
        value |= (content[offset] & 0x7F) << shift
        offset += 1
        if not content[offset - 1] & 0x80:
            return value, offset
        shift += 7
    raise UnknownStructureError(f"no number at {offset}")
