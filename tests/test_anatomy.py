"""Check that the bytes of a model's files are mapped to the right regions.

The files come from h5py and zipfile, or are written here; tests/test_campaigns_real.py maps the
files of real releases.
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

from experiments.corruption.anatomy import archive, bundle, byte_maps, hdf5, protobuf
from experiments.corruption.anatomy.byte_map import ByteMap, UnknownStructureError

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


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as opened:
        for name, content in members:
            opened.writestr(name, content)
    return stream.getvalue()


class TestHdf5:
    @pytest.mark.parametrize("groups", [1, 3, 20, 200])
    def test_tensor_data_is_at_the_offsets_that_h5py_gives(self, groups: int) -> None:
        content = model(groups)
        byte_map = hdf5.map_bytes(content)
        datasets: list[tuple[int, int]] = []

        def visit(name: str, item: object) -> None:
            if isinstance(item, h5py.Dataset):
                datasets.append((item.id.get_offset(), item.id.get_storage_size()))

        with h5py.File(io.BytesIO(content)) as opened:
            opened.visititems(visit)
        assert len(datasets) == 2 * groups
        for start, size in datasets:
            assert set(byte_map.regions[start : start + size]) == {"tensor_data"}
        assert byte_map.regions.count("tensor_data") == sum(size for _, size in datasets)

    def test_object_headers_are_at_the_offsets_that_h5py_gives(self) -> None:
        content = model()
        byte_map = hdf5.map_bytes(content)
        headers: list[int] = []
        with h5py.File(io.BytesIO(content)) as opened:
            opened.visititems(lambda name, item: headers.append(h5py.h5o.get_info(item.id).addr))
        assert headers
        assert {byte_map.regions[header] for header in headers} == {"object_header"}

    @pytest.mark.parametrize(
        ("signature", "region"),
        [
            (b"TREE", "b_tree"),
            (b"SNOD", "symbol_table"),
            (b"HEAP", "heap"),
            (b"GCOL", "global_heap"),
        ],
    )
    def test_each_structure_begins_with_its_signature(self, signature: bytes, region: str) -> None:
        content = model()
        assert content.count(signature)
        offset = content.find(signature)
        while offset >= 0:
            assert hdf5.map_bytes(content).regions[offset] == region
            offset = content.find(signature, offset + 4)

    def test_exactly_the_bytes_of_the_configuration_are_json(self) -> None:
        content = model()
        byte_map = hdf5.map_bytes(content)
        start = content.index(CONFIG.encode())
        assert byte_map.regions.count("json") == len(CONFIG)
        assert set(byte_map.regions[start : start + len(CONFIG)]) == {"json"}

    def test_members_are_those_that_h5py_lists(self) -> None:
        content, names = model(), list[str]()
        with h5py.File(io.BytesIO(content)) as opened:
            opened.visit(names.append)
        assert hdf5.members(content) == sorted(names)

    def test_at_most_a_fifth_of_the_bytes_is_unused(self) -> None:
        regions = Counter(hdf5.map_bytes(model(50)).regions)
        assert regions["unused"] < sum(regions.values()) / 5

    def test_another_superblock_is_an_unknown_structure(self) -> None:
        stream = io.BytesIO()
        with h5py.File(stream, "w", libver="latest") as opened:
            opened["0"] = KERNEL
        with pytest.raises(UnknownStructureError, match="superblock"):
            hdf5.map_bytes(stream.getvalue())

    def test_chunks_are_an_unknown_structure(self) -> None:
        stream = io.BytesIO()
        with h5py.File(stream, "w") as opened:
            opened.create_dataset("0", data=KERNEL, chunks=(5, 4))
        with pytest.raises(UnknownStructureError, match="data layout"):
            hdf5.map_bytes(stream.getvalue())

    def test_an_address_beyond_all_files_is_an_unknown_structure(self) -> None:
        content = bytearray(model(1))
        content[71] ^= 128  # the last byte of the root group's address
        with pytest.raises(UnknownStructureError, match="no BBHII at 9223372036854775"):
            hdf5.map_bytes(bytes(content))

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_the_map_of_a_damaged_file_ends_with_a_known_error_at_most(
        self, data: st.DataObject
    ) -> None:
        content = bytearray(model(1))
        offset = data.draw(st.integers(0, len(content) - 1))
        content[offset] ^= data.draw(st.integers(1, 255))
        with suppress(UnknownStructureError, ValueError, RecursionError):
            hdf5.map_bytes(bytes(content))


class TestArchive:
    def test_members_headers_and_directory(self) -> None:
        weights = model()
        content = zipped(("config.json", CONFIG.encode()), ("model.weights.h5", weights))
        byte_map = archive.map_bytes(content)
        start = content.index(b"\x89HDF")
        assert byte_map.regions[start : start + len(weights)] == hdf5.map_bytes(weights).regions
        assert byte_map.regions.count("zip_header") == 2 * 30 + len("config.jsonmodel.weights.h5")
        directory = content.index(b"PK\1\2")
        assert set(byte_map.regions[directory:]) == {"zip_directory"}
        assert byte_map.regions[0] == "zip_header"

    def test_a_compressed_member_is_an_unknown_structure(self) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr("config.json", CONFIG)
        with pytest.raises(UnknownStructureError, match="compressed"):
            archive.map_bytes(stream.getvalue())


def field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2, len(content)]) + content


class TestProtobuf:
    def test_the_fields_of_a_graph_have_their_regions(self) -> None:
        graph = field(1, b"node") + field(2, b"function")
        meta = field(1, b"info") + field(2, graph) + field(5, b"signature") + field(7, b"objects")
        content = b"\x08\x01" + field(2, meta)
        byte_map = protobuf.map_bytes(content)
        for text, region in (
            (b"info", "meta_info"),
            (b"node", "graph"),
            (b"function", "functions"),
            (b"signature", "signatures"),
            (b"objects", "object_graph"),
        ):
            start = content.index(text)
            assert set(byte_map.regions[start : start + len(text)]) == {region}
        assert byte_map.regions[0] == "protobuf"

    def test_a_field_that_is_longer_than_its_message_is_an_unknown_structure(self) -> None:
        with pytest.raises(UnknownStructureError, match="longer than its message"):
            list(protobuf.fields(b"\x0a\x05ab", 0, 4))


def block(entries: dict[bytes, bytes]) -> bytes:
    """Return a block in LevelDB's format whose names share no bytes."""
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
    def test_the_index_gives_the_tensors_of_the_shard(self) -> None:
        tensors = {name: (start, size) for name, start, size in bundle.tensors(index(TENSORS))}
        assert tensors == TENSORS
        regions = bundle.map_shard(bytes(30), index(TENSORS)).regions
        assert regions == ["tensor_data"] * 24 + ["checkpoint_graph"] * 6

    def test_entries_and_the_structure_around_them_are_two_regions(self) -> None:
        content = index(TENSORS)
        regions = bundle.map_index(content).regions
        assert regions[content.index(b"kernel")] == "index_entries"
        assert set(regions[-48:]) == {"index_structure"}

    def test_bytes_that_are_no_table_are_an_unknown_structure(self) -> None:
        with pytest.raises(UnknownStructureError, match="instead of"):
            bundle.map_index(bytes(100))

    def test_a_compressed_block_is_an_unknown_structure(self) -> None:
        content = bytearray(index(TENSORS))
        handle = content.rindex(bundle.MAGIC) - 40 + 2
        listing = content[handle]
        content[listing + content[handle + 1]] = 1
        with pytest.raises(UnknownStructureError, match="compressed"):
            bundle.map_index(bytes(content))


def test_every_file_of_a_model_is_recognised_by_its_name_or_content() -> None:
    maps = byte_maps({"m.h5": model(), "m/fingerprint.pb": b"abc", **bundle_files()})
    assert set(maps["m/fingerprint.pb"].regions) == {"fingerprint"}
    assert "tensor_data" in maps["m/variables/variables.data-00000-of-00001"].regions
    with pytest.raises(KeyError):
        byte_maps({"stranger.txt": b"abc"})


def bundle_files() -> dict[str, bytes]:
    prefix = "m/variables/variables"
    return {
        f"{prefix}.index": index(TENSORS),
        f"{prefix}.data-00000-of-00001": bytes(30),
    }


def test_a_region_beyond_the_end_of_a_file_is_an_unknown_structure() -> None:
    with pytest.raises(UnknownStructureError, match="is outside of the file"):
        ByteMap(b"abc").mark("b_tree", 2, 2)
