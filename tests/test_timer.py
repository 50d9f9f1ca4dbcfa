"""Check the parts of the timer in this process, without TensorFlow."""

from __future__ import annotations

import gc
import json
import os
import time
import types
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy
import pytest

from experiments.families import find, names
from experiments.timer import memory, pages, raw_read, stopwatch
from experiments.timer.author import compiled
from experiments.timer.pace import STRINGS, WIDTH, Pace
from experiments.timer.profile import Profile
from experiments.timer.stopwatch import timed
from experiments.worker.phases import Phases

ARRAYS = [numpy.arange(12, dtype="float32").reshape(3, 4), numpy.ones(5, "float32")]


def spin(seconds: float) -> str:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
    return "done"


def test_a_timed_call_returns_its_seconds_and_its_value() -> None:
    seconds, value = timed(lambda: spin(0.02))
    assert value == "done"
    assert 0.02 <= seconds < 0.1


def test_garbage_is_not_collected_during_a_call_but_afterwards() -> None:
    _, enabled = timed(gc.isenabled)
    assert enabled is False
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        timed(lambda: 1 // 0)
    assert gc.isenabled()


def test_the_pace_is_measured_before_and_after_a_call() -> None:
    events = list[str]()
    pace = Pace()
    look = pace.look

    def noted() -> object:
        events.append("look")
        return look()

    vars(pace)["look"] = noted

    def call() -> str:
        events.append("call")
        return spin(0.02)

    seconds, work, value = pace.around(call)
    assert events == ["look", "call", "look"]
    assert value == "done"
    assert seconds >= 0.02
    assert 0 < work < 1
    content = pace._sorted.raw
    fields = [content[start : start + WIDTH] for start in range(0, STRINGS * WIDTH, WIDTH)]
    strings = [field.split(b"\0")[0] for field in fields]
    assert strings == sorted(strings)
    assert pace._strings == Pace()._strings != pace._sorted.raw


@pytest.mark.parametrize(("slower", "seconds"), [(0.0, 8.0), (0.25, 10.0)])
def test_a_planted_slowdown_lengthens_a_call_by_its_part(
    monkeypatch: pytest.MonkeyPatch, slower: float, seconds: float
) -> None:
    """A fake clock advances by one at each reading, and by seven in the call."""
    now = [0.0]

    def read_clock() -> float:
        now[0] += 1.0
        return now[0]

    def call() -> str:
        now[0] += 7.0
        return "done"

    monkeypatch.setattr(stopwatch, "time", types.SimpleNamespace(perf_counter=read_clock))
    spent, value = stopwatch.timed(call, slower)
    assert value == "done"
    assert seconds <= spent <= seconds + 3


def test_an_error_of_keras_ends_its_part_and_a_fault_of_the_timer_ends_the_turn() -> None:
    def fault() -> dict[str, str]:
        raise KeyError("a fault of the timer")

    reported = list[str]()
    phases = Phases(reported.append)
    part = phases.part(lambda: phases.keras("load", h5py.File, "none.h5", "r"))
    assert part["outcome"] == "error"
    assert part["error_type"] == "FileNotFoundError"
    with pytest.raises(KeyError):
        phases.part(fault)
    assert phases.reply(fault)["outcome"] == "harness_error"
    assert set(reported) == {"prepare", "load"}


def write_hdf5(path: Any) -> None:
    with h5py.File(path, "w") as stream:
        stream.attrs["config"] = json.dumps({"layers": 2})
        group = stream.create_group("layer")
        group.attrs["weight_names"] = [b"kernel", b"bias"]
        for name, array in zip(("kernel", "bias"), ARRAYS, strict=True):
            group.create_dataset(name, data=array)


def saved(folder: Path, kind: str) -> Path:
    """Save the arrays as a file of a kind, as Keras would."""
    path = folder / "model"
    if kind == "hdf5":
        write_hdf5(path)
    elif kind == "archive":
        write_hdf5(folder / "inner.h5")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", '{"layers": 2}')
            archive.write(folder / "inner.h5", "model.weights.h5")
    elif kind == "checkpoint":
        data = b"".join(array.tobytes() for array in ARRAYS)
        (folder / "model.data-00000-of-00001").write_bytes(data + b"rest")
        (folder / "model.index").write_bytes(b"index")
    else:
        (path / "variables").mkdir(parents=True)
        data = b"".join(array.tobytes() for array in ARRAYS)
        (path / "variables" / "variables.data-00000-of-00001").write_bytes(data)
        (path / "saved_model.pb").write_bytes(b"graph" * 1000)
    return path


def arrays(content: Any) -> list[Any]:
    """Return the arrays in the content of a raw read."""
    if isinstance(content, numpy.ndarray):
        return [content]
    if isinstance(content, (list, tuple)):
        return [array for part in content for array in arrays(part)]
    return []


KINDS = ("hdf5", "archive", "checkpoint", "folder")


@pytest.mark.parametrize("kind", KINDS)
def test_a_raw_read_returns_all_arrays_in_their_shapes(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path, kind)
    content = raw_read.reader(str(path), [array.shape for array in ARRAYS]).read()
    read = sorted(arrays(content), key=lambda array: -array.size)
    assert len(read) == len(ARRAYS)
    for array, expected in zip(read, ARRAYS, strict=True):
        assert array.shape == expected.shape
        assert numpy.array_equal(array, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_a_raw_write_writes_the_bytes_of_the_raw_read(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path, kind)
    reader = raw_read.reader(str(path), [array.shape for array in ARRAYS])
    reader.write(reader.read(), str(tmp_path / "copy"))
    written = pages.files(str(tmp_path / "copy"))
    size = sum(Path(file).stat().st_size for file in written)
    assert size == pytest.approx(pages.size(str(path)), rel=0.2)
    if kind in ("hdf5", "archive"):
        copy = raw_read.reader(written[0], []).read()
        assert len(arrays(copy)) == len(ARRAYS)


def test_the_files_of_a_saved_model_are_listed(tmp_path: Path) -> None:
    path = saved(tmp_path, "checkpoint")
    assert [Path(file).name for file in pages.files(str(path))] == [
        "model.data-00000-of-00001",
        "model.index",
    ]
    folder = tmp_path / "folder"
    folder.mkdir()
    assert len(pages.files(str(saved(folder, "folder")))) == 2


def test_pages_are_evicted_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(os.urandom(1 << 20))
    if pages.evict(str(path)) > 0.01:
        pytest.skip("this file system keeps its pages in memory")
    pages.warm(str(path))
    with path.open("rb") as stream:
        assert all(pages._resident(stream.fileno()))
    assert pages.evict(str(path)) <= 0.01


def test_the_peak_is_the_memory_of_the_call() -> None:
    def hold() -> int:
        return int(numpy.ones(1 << 22, "float64").sum())  # 32 MiB

    value, peak = memory.peak(hold)
    assert value == 1 << 22
    if peak is None:
        pytest.skip("this kernel does not let a process reset its peak")
    assert peak == pytest.approx(1 << 25, rel=0.1)
    _, small = memory.peak(lambda: None)
    assert small is not None
    assert small < 1 << 22


def test_a_profile_divides_the_time_among_the_parts(tmp_path: Path) -> None:
    path = tmp_path / "file.h5"

    class Layer:
        def build(self) -> None:
            spin(0.06)

        def assign(self) -> None:
            spin(0.03)

    def read() -> None:
        end = time.perf_counter() + 0.06
        while time.perf_counter() < end:
            write_hdf5(path)

    calls = {"building": Layer().build, "assigning": Layer().assign, "reading": read}
    with Profile() as sampled:
        seconds = {part: timed(call)[0] for part, call in calls.items()}
    parts = sampled.parts()
    for part, spent in seconds.items():
        assert parts[part] == pytest.approx(spent, abs=0.02), part


def test_an_interrupted_sample_of_the_profile_keeps_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next interruption is due before a slow rule has returned."""

    class Layer:
        def build(self) -> None:
            spin(0.1)

    rule = Profile._rule

    def slow(profile: Profile, function: str) -> str | None:
        spin(0.002)
        part: str | None = rule(profile, function)
        return part

    monkeypatch.setattr(Profile, "_rule", slow)
    with Profile() as sampled:
        Layer().build()
    parts = sampled.parts()
    assert parts["building"] > 0.09
    assert parts["building"] > 20 * parts.get("other", 0.0)


def test_every_kind_of_model_has_a_function_that_builds_it() -> None:
    assert len(names()) >= 6
    for name in names():
        assert callable(find(name))


class Adam: ...


class RMSprop: ...


@pytest.mark.parametrize(
    ("optimizer", "right"), [(Adam(), True), (RMSprop(), False), (None, False)]
)
def test_a_model_without_its_optimizer_is_not_the_saved_model(optimizer: Any, right: bool) -> None:
    """Keras 3 loads a `.keras` file without an optimizer with the default optimizer."""
    assert compiled(types.SimpleNamespace(optimizer=optimizer)) is right
