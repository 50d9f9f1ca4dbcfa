"""What is where in an HDF5 file as Keras writes it?

The layout that h5py writes unless it is told otherwise: superblock 0, groups as B-trees with local
heaps, object headers of version 1, contiguous datasets. As in the HDF5 File Format Specification
3.0, https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html. Nothing that Keras writes
is in chunks.
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.corruption.anatomy.canvas import UNUSED, Canvas, UnknownStructureError

SIGNATURE = b"\x89HDF\r\n\x1a\n"
UNDEFINED = 2**64 - 1
SUPERBLOCK, ROOT_ENTRY = 96, 56
ENTRY = 40
CONTINUATION, SYMBOL_TABLE, LAYOUT, ATTRIBUTE = 0x10, 0x11, 0x08, 0x0C
CONTIGUOUS = 1
COLLECTION, STRING = 16, 16
"""Bytes before the strings of a collection, and before each of them."""


def paint(content: bytes) -> Canvas:
    """Return the places of an HDF5 file; raise `UnknownStructureError` for another layout."""
    canvas = Canvas(content)
    _walk(canvas)
    return canvas


def members(content: bytes) -> list[str]:
    """Return the paths of all groups and datasets, sorted; raise as `paint`."""
    return sorted(_walk(Canvas(content)))


def _walk(canvas: Canvas) -> list[str]:
    """Paint whatever the superblock leads to; return the path of each member met on the way."""
    content = canvas.content
    canvas.expect(SIGNATURE, 0)
    if content[8] != 0 or content[13:15] != b"\x08\x08":
        raise UnknownStructureError("another superblock than version 0 with offsets of 8 bytes")
    canvas.paint("superblock", 0, SUPERBLOCK)
    leaf, internal = canvas.numbers("HH", 16)
    paths, left = list[str](), [("", canvas.numbers("Q", ROOT_ENTRY + 8)[0])]
    while left:
        path, header = left.pop()
        for name, member in _object(canvas, header, leaf, internal):
            left.append((f"{path}/{name}".removeprefix("/"), member))
            paths.append(left[-1][0])
    _global_heaps(canvas)
    return paths


def _object(canvas: Canvas, header: int, leaf: int, internal: int) -> Iterator[tuple[str, int]]:
    """Paint an object header and what it refers to; yield name and header of a group's members."""
    for kind, at, size in list(_messages(canvas, header)):
        if kind == ATTRIBUTE:
            canvas.paint("attribute", at, size)
        elif kind == LAYOUT:
            _layout(canvas, at)
        elif kind == SYMBOL_TABLE:
            tree, heap = canvas.numbers("QQ", at)
            names = _local_heap(canvas, heap)
            for name, member in _tree(canvas, tree, leaf, internal):
                start = names + name
                end = canvas.content.index(b"\0", start)
                yield canvas.content[start:end].decode(), member


def _messages(canvas: Canvas, header: int) -> Iterator[tuple[int, int, int]]:
    """Paint the blocks of an object header; yield type, place and size of each message."""
    version, _, count, _, size = canvas.numbers("BBHII", header)
    if version != 1:
        raise UnknownStructureError(f"object header of version {version} at {header}")
    canvas.paint("object_header", header, 16 + size)
    blocks = [(header + 16, size)]
    while blocks and count:
        at, length = blocks.pop(0)
        end = at + length
        while at + 8 <= end and count:
            kind, size, _ = canvas.numbers("HHB", at)
            yield kind, at + 8, size
            if kind == CONTINUATION:
                place, room = canvas.numbers("QQ", at + 8)
                canvas.paint("object_header", place, room)
                blocks.append((place, room))
            at, count = at + 8 + size, count - 1


def _layout(canvas: Canvas, at: int) -> None:
    """Paint what a dataset holds."""
    version, kind = canvas.numbers("BB", at)
    if (version, kind) != (3, CONTIGUOUS):
        if kind == 0:  # compact: it is inside the header
            return
        raise UnknownStructureError(f"data layout {version}, class {kind} at {at}")
    place, size = canvas.numbers("QQ", at + 2)
    if place != UNDEFINED:
        canvas.paint("tensor_data", place, size)


def _local_heap(canvas: Canvas, at: int) -> int:
    """Paint a group's heap; return where the names of its members begin."""
    canvas.expect(b"HEAP", at)
    size, _, place = canvas.numbers("QQQ", at + 8)
    canvas.paint("heap", at, 32)
    canvas.paint("heap", place, size)
    return place


def _tree(canvas: Canvas, at: int, leaf: int, internal: int) -> Iterator[tuple[int, int]]:
    """Paint the nodes of a group's B-tree; yield of each member where its name and header are."""
    canvas.expect(b"TREE", at)
    _, level, used = canvas.numbers("BBH", at + 4)
    canvas.paint("b_tree", at, 24 + 2 * internal * 8 + (2 * internal + 1) * 8)
    for index in range(used):
        (child,) = canvas.numbers("Q", at + 24 + 8 + index * 16)
        if level:
            yield from _tree(canvas, child, leaf, internal)
        else:
            yield from _symbols(canvas, child, leaf)


def _symbols(canvas: Canvas, at: int, leaf: int) -> Iterator[tuple[int, int]]:
    """Paint a node of a group's symbol table; yield of each member where name and header are."""
    canvas.expect(b"SNOD", at)
    (used,) = canvas.numbers("H", at + 6)
    canvas.paint("symbol_table", at, 8 + 2 * leaf * ENTRY)
    for index in range(used):
        name, header = canvas.numbers("QQ", at + 8 + index * ENTRY)
        yield name, header


def _global_heaps(canvas: Canvas) -> None:
    """Paint the collections of strings of any length, to which attributes refer by place.

    The configuration of a model is one of them.
    """
    at = canvas.content.find(b"GCOL")
    while at >= 0:
        if canvas.kinds[at] == UNUSED:
            (size,) = canvas.numbers("Q", at + 8)
            canvas.paint("global_heap", at, size)
            for start, length in _strings(canvas, at, size):
                is_json = canvas.content.startswith(b"{", start)
                canvas.paint("json" if is_json else "strings", start, length)
        at = canvas.content.find(b"GCOL", at + 4)


def _strings(canvas: Canvas, collection: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield start and length of each string of a collection; the last, of index 0, is free room."""
    at = collection + COLLECTION
    while at + STRING <= collection + size:
        index, _, _, length = canvas.numbers("HHIQ", at)
        if not index:
            return
        yield at + STRING, length
        at += STRING + -(-length // 8) * 8
