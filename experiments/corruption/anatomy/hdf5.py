"""Map the bytes of an HDF5 file as Keras writes it.

h5py writes this layout by default: superblock 0, groups as B-trees with local heaps, object headers
of version 1, contiguous datasets. The HDF5 File Format Specification 3.0 describes it:
https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html. Keras writes no chunks.
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.corruption.anatomy.byte_map import UNUSED, ByteMap, UnknownStructureError

SIGNATURE = b"\x89HDF\r\n\x1a\n"
UNDEFINED = 2**64 - 1
SUPERBLOCK, ROOT_ENTRY = 96, 56
ENTRY = 40
CONTINUATION, SYMBOL_TABLE, LAYOUT, ATTRIBUTE = 0x10, 0x11, 0x08, 0x0C
COMPACT, CONTIGUOUS = 0, 1
COLLECTION, STRING = 16, 16
"""Bytes before the strings of a collection, and before each of them."""


def map_bytes(content: bytes) -> ByteMap:
    """Return the byte map of an HDF5 file; raise `UnknownStructureError` for another layout."""
    byte_map = ByteMap(content)
    _walk(byte_map)
    return byte_map


def members(content: bytes) -> list[str]:
    """Return the paths of all groups and datasets, sorted; raise as `map_bytes`."""
    return sorted(_walk(ByteMap(content)))


def _walk(byte_map: ByteMap) -> list[str]:
    """Mark all structures, from the superblock on; return the paths of groups and datasets."""
    content = byte_map.content
    byte_map.expect(SIGNATURE, 0)
    if content[8] != 0 or content[13:15] != b"\x08\x08":
        raise UnknownStructureError("another superblock than version 0 with offsets of 8 bytes")
    byte_map.mark("superblock", 0, SUPERBLOCK)
    leaf, internal = byte_map.numbers("HH", 16)
    paths, unvisited = list[str](), [("", byte_map.numbers("Q", ROOT_ENTRY + 8)[0])]
    while unvisited:
        path, header = unvisited.pop()
        for name, member in _mark_object(byte_map, header, leaf, internal):
            unvisited.append((f"{path}/{name}".removeprefix("/"), member))
            paths.append(unvisited[-1][0])
    _mark_global_heaps(byte_map)
    return paths


def _mark_object(
    byte_map: ByteMap, header: int, leaf: int, internal: int
) -> Iterator[tuple[str, int]]:
    """Mark an object header and its structures; yield name and header of each group member."""
    for kind, offset, size in list(_mark_header(byte_map, header)):
        if kind == ATTRIBUTE:
            byte_map.mark("attribute", offset, size)
        elif kind == LAYOUT:
            _mark_data(byte_map, offset)
        elif kind == SYMBOL_TABLE:
            tree, heap = byte_map.numbers("QQ", offset)
            names = _mark_local_heap(byte_map, heap)
            for name, member in _mark_tree(byte_map, tree, leaf, internal):
                start = names + name
                end = byte_map.content.index(b"\0", start)
                yield byte_map.content[start:end].decode(), member


def _mark_header(byte_map: ByteMap, header: int) -> Iterator[tuple[int, int, int]]:
    """Mark the blocks of an object header; yield type, offset and size of each message."""
    version, _, count, _, size = byte_map.numbers("BBHII", header)
    if version != 1:
        raise UnknownStructureError(f"object header of version {version} at {header}")
    byte_map.mark("object_header", header, 16 + size)
    blocks = [(header + 16, size)]
    while blocks and count:
        offset, length = blocks.pop(0)
        end = offset + length
        while offset + 8 <= end and count:
            kind, size, _ = byte_map.numbers("HHB", offset)
            yield kind, offset + 8, size
            if kind == CONTINUATION:
                start, length = byte_map.numbers("QQ", offset + 8)
                byte_map.mark("object_header", start, length)
                blocks.append((start, length))
            offset, count = offset + 8 + size, count - 1


def _mark_data(byte_map: ByteMap, layout: int) -> None:
    """Mark the data of a dataset, from the message with its layout."""
    version, kind = byte_map.numbers("BB", layout)
    if (version, kind) != (3, CONTIGUOUS):
        if kind == COMPACT:  # the header holds the data
            return
        raise UnknownStructureError(f"data layout {version}, class {kind} at {layout}")
    start, size = byte_map.numbers("QQ", layout + 2)
    if start != UNDEFINED:
        byte_map.mark("tensor_data", start, size)


def _mark_local_heap(byte_map: ByteMap, heap: int) -> int:
    """Mark a group's heap; return the offset at which the names of its members begin."""
    byte_map.expect(b"HEAP", heap)
    size, _, names = byte_map.numbers("QQQ", heap + 8)
    byte_map.mark("heap", heap, 32)
    byte_map.mark("heap", names, size)
    return names


def _mark_tree(byte_map: ByteMap, node: int, leaf: int, internal: int) -> Iterator[tuple[int, int]]:
    """Mark the nodes of a group's B-tree; yield for each member the offsets of name and header."""
    byte_map.expect(b"TREE", node)
    _, level, used = byte_map.numbers("BBH", node + 4)
    byte_map.mark("b_tree", node, 24 + 2 * internal * 8 + (2 * internal + 1) * 8)
    for number in range(used):
        (child,) = byte_map.numbers("Q", node + 24 + 8 + number * 16)
        if level:
            yield from _mark_tree(byte_map, child, leaf, internal)
        else:
            yield from _mark_symbols(byte_map, child, leaf)


def _mark_symbols(byte_map: ByteMap, node: int, leaf: int) -> Iterator[tuple[int, int]]:
    """Mark a node of a symbol table; yield for each member the offsets of name and header."""
    byte_map.expect(b"SNOD", node)
    (used,) = byte_map.numbers("H", node + 6)
    byte_map.mark("symbol_table", node, 8 + 2 * leaf * ENTRY)
    for number in range(used):
        name, header = byte_map.numbers("QQ", node + 8 + number * ENTRY)
        yield name, header


def _mark_global_heaps(byte_map: ByteMap) -> None:
    """Mark the collections of strings of variable length, to which attributes refer by address.

    The configuration of a model is among these strings.
    """
    collection = byte_map.content.find(b"GCOL")
    while collection >= 0:
        if byte_map.regions[collection] == UNUSED:
            (size,) = byte_map.numbers("Q", collection + 8)
            byte_map.mark("global_heap", collection, size)
            for start, length in _strings(byte_map, collection, size):
                is_json = byte_map.content.startswith(b"{", start)
                byte_map.mark("json" if is_json else "strings", start, length)
        collection = byte_map.content.find(b"GCOL", collection + 4)


def _strings(byte_map: ByteMap, collection: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield start and length of each string of a collection.

    The object of index 0 ends the collection: it is its free space.
    """
    offset = collection + COLLECTION
    while offset + STRING <= collection + size:
        index, _, _, length = byte_map.numbers("HHIQ", offset)
        if not index:
            return
        yield offset + STRING, length
        offset += STRING + -(-length // 8) * 8
