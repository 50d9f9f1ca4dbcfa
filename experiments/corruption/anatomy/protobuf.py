"""What is where in a `saved_model.pb`? The parts of the message, two levels deep.

https://protobuf.dev/programming-guides/encoding; the numbers of fields are those of
tensorflow/core/protobuf/saved_model.proto, meta_graph.proto and core/framework/graph.proto.
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.corruption.anatomy.canvas import Canvas, UnknownStructureError

VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5
META_GRAPH, GRAPH = 2, 2
PARTS = {1: "meta_info", 2: "graph", 5: "signatures", 7: "object_graph"}
"""The fields of a MetaGraphDef."""
LIBRARY = 2
"""The field of a GraphDef that holds its functions."""


def paint(content: bytes) -> Canvas:
    """Return the places of a SavedModel's graph; raise `UnknownStructureError` for another."""
    canvas = Canvas(content)
    canvas.paint("protobuf", 0, len(content))
    for field, start, end in fields(content, 0, len(content)):
        if field == META_GRAPH:
            for part, inside, stop in fields(content, start, end):
                canvas.paint(PARTS.get(part, "protobuf"), inside, stop - inside)
                if part == GRAPH:
                    _functions(canvas, inside, stop)
    return canvas


def _functions(canvas: Canvas, start: int, end: int) -> None:
    for field, inside, stop in fields(canvas.content, start, end):
        if field == LIBRARY:
            canvas.paint("functions", inside, stop - inside)


def fields(content: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield number, start and end of the value of each field of a message."""
    at = start
    while at < end:
        tag, at = varint(content, at)
        kind = tag & 7
        if kind == BYTES:
            length, at = varint(content, at)
        elif kind == VARINT:
            length = varint(content, at)[1] - at
        elif kind in (FIXED_64, FIXED_32):
            length = 8 if kind == FIXED_64 else 4
        else:
            raise UnknownStructureError(f"wire type {kind} at {at}")
        if at + length > end:
            raise UnknownStructureError(f"field {tag >> 3} at {at} is longer than its message")
        yield tag >> 3, at, at + length
        at += length


def varint(content: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte; return it and the place after it."""
    value, shift = 0, 0
    while at < len(content) and shift < 70:
        value |= (content[at] & 0x7F) << shift
        at += 1
        if not content[at - 1] & 0x80:
            return value, at
        shift += 7
    raise UnknownStructureError(f"no number at {at}")
