"""Is each byte of a model's files known for what it is?

Files are made by h5py, zipfile and by hand; what real releases write is asked in
tests/test_corruption_real.py.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections import Counter
from contextlib import suppress

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.corruption.anatomy import archive, bundle, canvases, hdf5, protobuf
from experiments.corruption.anatomy.canvas import Canvas, UnknownStructureError

KERNEL = np.arange(40, dtype="<f4").reshape(5, 8)
CONFIG = json.dumps({"class_name": "Sequential", "config": {"name": "one" * 50}})


def model(groups: int = 3) -> bytes:
    """Return an HDF5 file as Keras lays it out."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as opened:
        opened.attrs["model_config"] = CONFIG
        for number in range(groups):
            group = opened.create_group(f"layers/dense_{number}/vars")
            group.attrs["weight_names"] = [b"kernel:0", b"bias:0"]
            group["0"] = KERNEL + number
            group["1"] = np.zeros(8, "<f4")
    return stream.getvalue()


def packed(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as opened:
        for name, content in members:
            opened.writestr(name, content)
    return stream.getvalue()


class TestHdf5:
    @pytest.mark.parametrize("groups", [1, 3, 20, 200])
    def test_data_is_where_h5py_says_it_is(self, groups: int) -> None:
        content = model(groups)
        canvas = hdf5.paint(content)
        places: list[tuple[int, int]] = []

        def visit(name: str, item: object) -> None:
            if isinstance(item, h5py.Dataset):
                places.append((item.id.get_offset(), item.id.get_storage_size()))

        with h5py.File(io.BytesIO(content)) as opened:
            opened.visititems(visit)
        assert len(places) == 2 * groups
        for start, size in places:
            assert set(canvas.kinds[start : start + size]) == {"tensor_data"}
        assert canvas.kinds.count("tensor_data") == sum(size for _, size in places)

    def test_headers_are_where_h5py_says_they_are(self) -> None:
        content = model()
        canvas = hdf5.paint(content)
        headers: list[int] = []
        with h5py.File(io.BytesIO(content)) as opened:
            opened.visititems(lambda name, item: headers.append(h5py.h5o.get_info(item.id).addr))
        assert headers
        assert {canvas.kinds[header] for header in headers} == {"object_header"}

    @pytest.mark.parametrize(
        ("signature", "kind"),
        [
            (b"TREE", "b_tree"),
            (b"SNOD", "symbol_table"),
            (b"HEAP", "heap"),
            (b"GCOL", "global_heap"),
        ],
    )
    def test_signatures_begin_what_they_sign(self, signature: bytes, kind: str) -> None:
        content = model()
        assert content.count(signature)
        at = content.find(signature)
        while at >= 0:
            assert hdf5.paint(content).kinds[at] == kind
            at = content.find(signature, at + 4)

    def test_the_configuration_is_json_to_the_byte(self) -> None:
        content = model()
        canvas = hdf5.paint(content)
        start = content.index(CONFIG.encode())
        assert canvas.kinds.count("json") == len(CONFIG)
        assert set(canvas.kinds[start : start + len(CONFIG)]) == {"json"}

    def test_members_are_those_of_h5py(self) -> None:
        content, names = model(), list[str]()
        with h5py.File(io.BytesIO(content)) as opened:
            opened.visit(names.append)
        assert hdf5.members(content) == sorted(names)

    def test_little_is_unknown(self) -> None:
        kinds = Counter(hdf5.paint(model(50)).kinds)
        assert kinds["unused"] < sum(kinds.values()) / 5

    def test_another_layout_is_said_to_be_one(self) -> None:
        stream = io.BytesIO()
        with h5py.File(stream, "w", libver="latest") as opened:
            opened["0"] = KERNEL
        with pytest.raises(UnknownStructureError, match="superblock"):
            hdf5.paint(stream.getvalue())

    def test_chunks_are_said_to_be_another_layout(self) -> None:
        stream = io.BytesIO()
        with h5py.File(stream, "w") as opened:
            opened.create_dataset("0", data=KERNEL, chunks=(5, 4))
        with pytest.raises(UnknownStructureError, match="data layout"):
            hdf5.paint(stream.getvalue())

    def test_an_address_that_no_file_has_is_said_to_be_none(self) -> None:
        content = bytearray(model(1))
        content[71] ^= 128  # the last byte of the root group's address
        with pytest.raises(UnknownStructureError, match="no BBHII at 9223372036854775"):
            hdf5.paint(bytes(content))

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_whatever_is_damaged_it_ends_and_says_no_more_than_that(
        self, data: st.DataObject
    ) -> None:
        content = bytearray(model(1))
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
        with suppress(UnknownStructureError, ValueError, RecursionError):
            hdf5.paint(bytes(content))


class TestArchive:
    def test_members_headers_and_directory(self) -> None:
        inside = model()
        content = packed(("config.json", CONFIG.encode()), ("model.weights.h5", inside))
        canvas = archive.paint(content)
        start = content.index(b"\x89HDF")
        assert canvas.kinds[start : start + len(inside)] == hdf5.paint(inside).kinds
        assert canvas.kinds.count("zip_header") == 2 * 30 + len("config.jsonmodel.weights.h5")
        directory = content.index(b"PK\1\2")
        assert set(canvas.kinds[directory:]) == {"zip_directory"}
        assert canvas.kinds[0] == "zip_header"

    def test_what_is_packed_is_another_layout(self) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr("config.json", CONFIG)
        with pytest.raises(UnknownStructureError, match="packed"):
            archive.paint(stream.getvalue())


def field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2, len(content)]) + content


class TestProtobuf:
    def test_parts_of_a_graph(self) -> None:
        graph = field(1, b"node") + field(2, b"function")
        meta = field(1, b"info") + field(2, graph) + field(5, b"signature") + field(7, b"objects")
        content = b"\x08\x01" + field(2, meta)
        canvas = protobuf.paint(content)
        for text, kind in (
            (b"info", "meta_info"),
            (b"node", "graph"),
            (b"function", "functions"),
            (b"signature", "signatures"),
            (b"objects", "object_graph"),
        ):
            start = content.index(text)
            assert set(canvas.kinds[start : start + len(text)]) == {kind}
        assert canvas.kinds[0] == "protobuf"

    def test_a_field_beyond_its_message_is_said_to_be_one(self) -> None:
        with pytest.raises(UnknownStructureError, match="longer than its message"):
            list(protobuf.fields(b"\x0a\x05ab", 0, 4))


def block(entries: dict[bytes, bytes]) -> bytes:
    """Return a block of LevelDB's format, no name of which shares anything with another."""
    content = b"".join(
        bytes([0, len(name), len(value)]) + name + value for name, value in entries.items()
    )
    return content + struct.pack("<II", 0, 1)


def index(tensors: dict[bytes, tuple[int, int]]) -> bytes:
    """Return the index of a checkpoint."""
    values = {
        name: bytes([1 << 3, 1, 4 << 3, start, 5 << 3, size])
        for name, (start, size) in tensors.items()
    }
    data = block({b"": b"\x08\x01"} | values)
    listing = block({b"~": bytes([0, len(data)])})
    content = data + bytes(5) + listing + bytes(5)
    handles = bytes([0, 0, len(data) + 5, len(listing)])
    return content + handles.ljust(40, b"\0") + bundle.MAGIC


TENSORS = {b"_CHECKPOINTABLE_OBJECT_GRAPH": (24, 6), b"dense/kernel": (0, 24)}


class TestBundle:
    def test_what_the_index_lists_is_found_in_the_shard(self) -> None:
        found = {name: (start, size) for name, start, size in bundle.tensors(index(TENSORS))}
        assert found == TENSORS
        kinds = bundle.paint_shard(bytes(30), index(TENSORS)).kinds
        assert kinds == ["tensor_data"] * 24 + ["checkpoint_graph"] * 6

    def test_entries_are_told_from_what_is_around_them(self) -> None:
        content = index(TENSORS)
        kinds = bundle.paint_index(content).kinds
        assert kinds[content.index(b"kernel")] == "index_entries"
        assert set(kinds[-48:]) == {"index_structure"}

    def test_what_is_no_table_is_said_to_be_none(self) -> None:
        with pytest.raises(UnknownStructureError, match="instead of"):
            bundle.paint_index(bytes(100))

    def test_a_packed_block_is_another_layout(self) -> None:
        content = bytearray(index(TENSORS))
        handle = content.rindex(bundle.MAGIC) - 40 + 2
        listing = content[handle]
        content[listing + content[handle + 1]] = 1
        with pytest.raises(UnknownStructureError, match="packed"):
            bundle.paint_index(bytes(content))


def test_every_file_of_a_model_is_known_by_its_name_or_content() -> None:
    shard = bundle_files()
    found = canvases({"m.h5": model(), "m/fingerprint.pb": b"abc", **shard})
    assert set(found["m/fingerprint.pb"].kinds) == {"fingerprint"}
    assert "tensor_data" in found["m/variables/variables.data-00000-of-00001"].kinds
    with pytest.raises(KeyError):
        canvases({"stranger.txt": b"abc"})


def bundle_files() -> dict[str, bytes]:
    place = "m/variables/variables"
    return {
        f"{place}.index": index(TENSORS),
        f"{place}.data-00000-of-00001": bytes(30),
    }


def test_paint_outside_of_a_file_is_refused() -> None:
    with pytest.raises(UnknownStructureError, match="is not there"):
        Canvas(b"abc").paint("b_tree", 2, 2)
