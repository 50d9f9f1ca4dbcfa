"""Is what differs each time that a model is saved settled, and nothing else?

The graphs of real releases, and all files that a campaign saves, are asked in
tests/test_campaigns_real.py.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import h5py
import numpy
import pytest

from experiments.scenarios import _repeatable

NO_TENSORFLOW = SimpleNamespace(compat=SimpleNamespace(v1=SimpleNamespace(MetaGraphDef=None)))


def settled(path: Path, tf: object = NO_TENSORFLOW) -> bytes:
    _repeatable.settle(tf, str(path))
    file = path / "saved_model.pb" if path.is_dir() else path
    return file.read_bytes()


def archive(path: Path, year: int, date: str, shared: int, other: int) -> Path:
    """Write what Keras 3.9 does: two layers that share an object, one that shares another."""
    config = {"layers": [{"shared_object_id": one} for one in (shared, other, shared)]}
    members = {
        "metadata.json": json.dumps({"keras_version": "3.9.0", "date_saved": date}),
        "config.json": json.dumps(config),
        "model.weights.h5": f"{date} shared_object_id {shared}"[:19],
    }
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in members.items():
            at = zipfile.ZipInfo(name, (year, 5, 6, 7, 8, 10))
            with opened.open(at, "w", force_zip64=name.startswith("model")) as stream:
                stream.write(content.encode())
    return path


@pytest.fixture
def early(tmp_path: Path) -> Path:
    one = "2024-05-06@07:08:10"
    return archive(tmp_path / "early.keras", 2024, one, 140737352904080, 140737352904999)


class TestArchive:
    def test_time_and_objects_leave_no_trace(self, early: Path, tmp_path: Path) -> None:
        other = archive(
            tmp_path / "late.keras", 2026, "2024-05-06@07:08:10", 139637352904081, 139637352904080
        )
        assert early.read_bytes() != other.read_bytes()
        assert settled(early) == settled(other)

    def test_what_the_members_hold_is_valid_and_says_which_objects_are_one(
        self, early: Path
    ) -> None:
        with zipfile.ZipFile(io.BytesIO(settled(early))) as opened:
            assert opened.testzip() is None
            metadata = json.loads(opened.read("metadata.json"))
            first, second, third = json.loads(opened.read("config.json"))["layers"]
        assert metadata == {"keras_version": "3.9.0", "date_saved": "2000-01-01@00:00:00"}
        assert first == third != second

    def test_weights_are_not_looked_into(self, early: Path) -> None:
        settled(early)
        with zipfile.ZipFile(early) as opened:
            assert opened.read("model.weights.h5") == b"2024-05-06@07:08:10"

    def test_only_what_is_known_to_differ_is_changed(self, early: Path) -> None:
        before = early.read_bytes()
        after = settled(early)
        changed = [
            at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new
        ]
        # Times of three members in two places each, two checksums in two, a date, three numbers.
        assert len(changed) <= 6 * 4 + 4 * 4 + 19 + 3 * 15


class TestHdf5:
    def test_times_of_objects_are_settled_and_data_is_not(self, tmp_path: Path) -> None:
        path, numbers = tmp_path / "weights.h5", numpy.arange(64, dtype="float32")
        with h5py.File(path, "w") as stream:
            stream.create_dataset("kernel", data=numbers, track_times=True)
            stream["kernel"].attrs["name"] = "kernel:0"
            before = h5py.h5o.get_info(stream["kernel"].id)
        later = path.read_bytes()
        after = settled(path)
        assert 0 < sum(old != new for old, new in zip(later, after, strict=True)) <= 4
        assert before.type == h5py.h5o.TYPE_DATASET
        with h5py.File(path) as stream:
            assert numpy.array_equal(stream["kernel"][:], numbers)
            assert stream["kernel"].attrs["name"] == "kernel:0"

    def test_without_times_nothing_is_changed(self, tmp_path: Path) -> None:
        path = tmp_path / "weights.h5"
        with h5py.File(path, "w") as stream:
            stream["kernel"] = numpy.arange(64, dtype="float32")
        before = path.read_bytes()
        assert settled(path) == before


class Node(SimpleNamespace):
    """A message that is a function or none."""

    def HasField(self, name: str) -> bool:  # noqa: N802, as protobuf names it
        return name in vars(self)


class Graph:
    """Stands for TensorFlow's MetaGraphDef: a function's name for each letter, in any order."""

    def __init__(self, content: bytes) -> None:
        names, self.rest = content[:3], content[3:]
        function = SimpleNamespace(concrete_functions=list(names))
        nodes = [Node(), Node(function=function)]
        self.object_graph_def = SimpleNamespace(nodes=nodes)
        library = SimpleNamespace(function=[])
        self.graph_def = SimpleNamespace(library=library)

    FromString = classmethod(lambda cls, content: cls(content))

    def SerializeToString(self, *, deterministic: bool) -> bytes:  # noqa: N802
        assert deterministic
        assert not self.object_graph_def.nodes[0].HasField("function")
        return bytes(self.object_graph_def.nodes[1].function.concrete_functions) + self.rest


def folder(path: Path, graph: bytes, head: bytes = b"\x08\x01\x12") -> Path:
    path.mkdir()
    length = bytes([len(graph) % 128 | 0x80, len(graph) // 128])
    (path / "saved_model.pb").write_bytes(head + length + graph)
    return path


TENSORFLOW = SimpleNamespace(compat=SimpleNamespace(v1=SimpleNamespace(MetaGraphDef=Graph)))


class TestGraph:
    def test_order_and_names_of_temporary_files_leave_no_trace(self, tmp_path: Path) -> None:
        graphs = [b"bca_temp_%s/part" % (b"%032x" % 2**99), b"acb_temp_%s/part" % (b"a" * 32)]
        first, second = (
            settled(folder(tmp_path / str(number), graph), TENSORFLOW)
            for number, graph in enumerate(graphs)
        )
        assert first == second
        assert first.endswith(b"abc_temp_" + b"0" * 32 + b"/part")

    def test_a_graph_that_changes_its_length_is_a_fault_and_left_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = folder(tmp_path / "model", b"abc and so on")
        before = (path / "saved_model.pb").read_bytes()
        monkeypatch.setattr(Graph, "SerializeToString", lambda self, deterministic: b"abc")
        with pytest.raises(ValueError, match="laid out otherwise"):
            settled(path, TENSORFLOW)
        assert (path / "saved_model.pb").read_bytes() == before


def test_a_checkpoint_is_left(tmp_path: Path) -> None:
    (tmp_path / "model.index").write_bytes(b"2024-05-06@07:08:10")
    _repeatable.settle(NO_TENSORFLOW, str(tmp_path / "model"))
    assert (tmp_path / "model.index").read_bytes() == b"2024-05-06@07:08:10"


KEPT = """
import ctypes, sys
import h5py
from experiments.scenarios import _fresh_memory
if sys.argv[1] == "none":
    _fresh_memory.keep_none()
with h5py.File("x.h5", "w", driver="core", backing_store=False) as stream:
    for number in range(50):
        stream.create_group(f"group{number}").attrs["name"] = "name"
library = ctypes.CDLL(_fresh_memory.LIBRARY.search(open("/proc/self/maps").read()).group())



def held():
    sizes = [ctypes.c_size_t() for _ in range(4)]  # of what is in use, and of what is kept
    library.H5get_free_list_sizes(*map(ctypes.byref, sizes))
    return sum(size.value for size in sizes[:3])


before = held()
library.H5garbage_collect()
print(before - held())
"""


@pytest.mark.parametrize(("asked", "kept"), [("none", False), ("as usual", True)])
def test_hdf5_keeps_no_free_memory_if_told_to(asked: str, kept: bool, tmp_path: Path) -> None:
    root = Path(_repeatable.__file__).parents[2]
    answer = subprocess.run(
        [sys.executable, "-c", KEPT, asked],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (int(answer.stdout) > 0) == kept
