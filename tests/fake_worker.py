"""Runs the real worker with a fake Keras, in whose cells faults are planted.

It starts like `experiments.worker`: `python fake_worker.py REQUESTS REPLIES`. The case names a deed
of `DEEDS`. Our code does it while the scenario builds (`ours-DEED`) or in a phase that is ours
alone (`harness-DEED`), or the release does it (`theirs-DEED`). Any other case goes well.
"""

from __future__ import annotations

import errno
import os
import resource
import signal
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "site-packages"))

import fakekeras
from keras import loops

from experiments.scenarios import BaseScenario, _misbehaving, uniform
from experiments.worker import __main__ as entrance
from experiments.worker import cell

Request = dict[str, Any]
UNFENCED = types.SimpleNamespace(close=lambda *folders: 0)
"""Stands for the fence in processes that must not be fenced in for good."""


def hang() -> None:
    while True:
        time.sleep(1)


def spin() -> None:
    loops.spin_for_ever()


def spin_again() -> None:
    loops.spin_for_ever()


def spin_elsewhere() -> None:
    loops.spin_elsewhere()


def take_long() -> None:
    loops.compute(1.6)


def slow_when_crowded() -> None:
    """Hang the first time, like a cell whose neighbours take the whole machine."""
    marker = Path(os.environ["FAKE_WORKER_NOTES"]) / "was-here"
    if not marker.exists():
        marker.touch()
        hang()


def flood() -> None:
    for descriptor in (1, 2):
        for _ in range(200):
            os.write(descriptor, bytes(range(256)) * 64)
    os.write(1, b'\n{"event": "done", "id": "not a cell", "outcome": "equal"}\n')


def garbage() -> None:
    """Leave an unreadable reply, and end with status 0."""
    Path("../reply.json").write_bytes(b'{"outcome": "equal\xff\x00')
    os._exit(0)


def forged() -> None:
    """Leave a reply with an unknown outcome."""
    Path("../reply.json").write_text('{"outcome": ["equal"]}')
    os._exit(0)


def leave_a_grandchild() -> None:
    """Fork a process that would live on, and write down its number."""
    number = os.fork()
    if not number:
        hang()
    (Path(os.environ["FAKE_WORKER_NOTES"]) / "grandchild").write_text(str(number))


def leave_a_daemon_and_hang() -> None:
    _misbehaving.leave_a_daemon({})
    hang()


def full_disk() -> None:
    """Write until the disk of the cell's folder is full, and report it as h5py does."""
    with Path("filler").open("wb") as stream:
        try:
            while True:
                stream.write(b"x" * 65536)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise ValueError(f"Unable to write (errno = {error.errno}, '{error}')") from None


def no_space() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def no_space_in_hdf5() -> None:
    raise ValueError(
        "Can't write data (file write failed: error message = 'No space left on device')"
    )


def no_memory() -> None:
    raise MemoryError


def no_memory_in_hdf5() -> None:
    raise OSError(f"Can't read data (errno = {errno.ENOMEM}, '{os.strerror(errno.ENOMEM)}')")


def no_thread() -> None:
    raise RuntimeError("can't start new thread")


def wrong() -> None:
    raise ValueError("You are trying to load a weight file containing 2 layers")


def hungry() -> None:
    blocks = []
    while True:
        blocks.append(bytearray(os.urandom(1 << 20) * 16))


def core_limit_is_zero() -> None:
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
    os.kill(os.getpid(), signal.SIGSEGV)


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupted() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    hang()


def kill_worker() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    hang()


def leave() -> None:
    os._exit(7)


def unprintable() -> None:
    class UnprintableError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    raise UnprintableError(3)


DEEDS: dict[str, Callable[[], None]] = {
    name.replace("_", "-"): deed
    for name, deed in list(globals().items())
    if isinstance(deed, types.FunctionType) and deed.__module__ == __name__
}


def _do(deed: str, cell: Request) -> None:
    if deed in DEEDS:
        DEEDS[deed]()
    else:
        _misbehaving.DEEDS[deed.replace("-", "_")](cell)


class Scenario(BaseScenario):  # type: ignore[misc]  # zone A is not typed
    """Stands for every scenario."""

    def build(self, tf: Any, cell: Request) -> fakekeras.Model:
        side, _, deed = cell["case"].partition("-")
        if side == "ours":
            _do(deed, cell)
        if side == "theirs":
            tf.carry_out(lambda: _do(deed, cell))
        return fakekeras.Model()

    def file_name(self, cell: Request) -> str:
        side, _, deed = cell["case"].partition("-")
        if side == "harness":
            _do(deed, cell)
        return str(BaseScenario.file_name(self, cell))

    def inputs(self, cell: Request) -> list[Any]:
        return [uniform(4, 3)]


def open_release() -> fakekeras.Release:
    if "FAKE_WORKER_BROKEN" in os.environ:
        raise ImportError("libtensorflow_framework.so.2: cannot open shared object file")
    return fakekeras.Release()


def main() -> int:
    release = types.ModuleType("experiments.worker.release")
    vars(release)["open_release"] = open_release
    sys.modules[release.__name__] = release
    vars(cell)["find"] = lambda name: Scenario()
    if "FAKE_WORKER_FENCED" not in os.environ:  # as on a kernel that fences nothing in
        vars(cell)["fence"] = UNFENCED
    return int(entrance.main())


if __name__ == "__main__":
    sys.exit(main())
