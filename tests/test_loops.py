"""Does the worker tell an endless loop from a long load, and two loops from each other?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experiments.worker.limits import loops
from experiments.worker.limits.loops import Loops, Sampler
from experiments.worker.limits.waiting import Waiting

HERE = Path(__file__).parent
CALLS = ["keras.models:load_model", "keras.models:from_config"]
LIMITS = {"cpu_s": 100}


def timeout(calls: list[str], **fields: Any) -> dict[str, Any]:
    reply = {"id": "a", "outcome": "timeout", "phase": "load", "error_message": "did not end"}
    return reply | {"calls": calls, "raised_in": calls[-1] if calls else ""} | fields


def stopped(calls: list[str] | None, cpu_s: float = 10, phase: str = "load") -> dict[str, Any]:
    return {"stopped": {"calls": calls, "cpu_s": cpu_s, "phase": phase}}


@pytest.mark.parametrize(
    "request_",
    [stopped(CALLS), stopped([*CALLS, "keras.layers:call"])],
    ids=["the same", "deeper inside"],
)
def test_a_cell_that_stopped_inside_a_recorded_loop_ends_like_it(request_: dict[str, Any]) -> None:
    recorded = Loops()
    recorded.learn(timeout(CALLS))
    reply = recorded.like(request_, LIMITS)
    assert reply is not None
    assert (reply["outcome"], reply["raised_in"], reply["like"]) == ("timeout", CALLS[-1], "a")


@pytest.mark.parametrize(
    "request_",
    [
        stopped(CALLS[:1]),
        stopped(["keras.models:load_model", "keras.models:build"]),
        stopped([]),
        stopped(None),
        stopped(CALLS, cpu_s=4.9),
        stopped(CALLS, phase="predict"),
        {},
    ],
    ids=["outside", "elsewhere", "nowhere", "unseen", "too soon", "another phase", "not stopped"],
)
def test_every_other_cell_is_repeated(request_: dict[str, Any]) -> None:
    recorded = Loops()
    recorded.learn(timeout(CALLS))
    assert recorded.like(request_, LIMITS) is None


@pytest.mark.parametrize(
    "reply",
    [
        timeout(CALLS, retry=True),
        timeout(CALLS, outcome="equal"),
        timeout([]),
    ],
    ids=["put off", "ended", "nowhere"],
)
def test_only_a_cell_that_reached_its_last_limit_records_its_loop(reply: dict[str, Any]) -> None:
    recorded = Loops()
    recorded.learn(reply)
    assert recorded.like(stopped(CALLS), LIMITS) is None


def test_the_calls_that_never_return_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE / "site-packages"))
    from keras import loops as endless

    reports = list[list[str]]()
    sampler = Sampler(reports.append)
    before = signal.getsignal(signal.SIGPROF)
    try:
        sampler.start(0.05)
        endless.compute(0.6)
        assert reports[-1] == ["keras.loops:compute"], "its callee returns again and again"
        sampler.restart()
        assert reports[-1] == []
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
        assert reports[-1] == [], "nothing of Keras is at work"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


DUMP = """\
Something that the cell printed.
Current thread 0x00007f1 (most recent call first):
  File "/env/lib/python3.11/site-packages/h5py/_hl/files.py", line 241 in make_fid
  File "/env/lib/python3.11/site-packages/keras/src/models.py", line 7 in load_model
  File "/env/lib/python3.11/site-packages/keras/src/utils/traceback_utils.py", line 70 in handler
  File "/repository/experiments/worker/phases.py", line 45 in keras
"""


def test_the_last_stack_names_a_loop_of_c_code(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(DUMP)
    assert loops.dumped(log) == ["keras.src.models:load_model", "h5py._hl.files:make_fid"]
    log.write_text("Something that the cell printed.\n")
    assert loops.dumped(log) == []


@pytest.fixture
def computer() -> Iterator[subprocess.Popen[bytes]]:
    """A process that computes after the word `go`, and waits until then."""
    code = "import sys\nfor line in sys.stdin:\n    while line == 'go\\n': pass\n"
    words = [sys.executable, "-c", code]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def waited_s(waiting: Waiting, process: int, seconds: float) -> float:
    """Watch a process for some seconds; return the seconds in which it waited."""
    before, until = waiting.seconds, time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.1)
        waiting.look([process])
    return float(waiting.seconds - before)


def test_waiting_differs_from_computing(computer: subprocess.Popen[bytes]) -> None:
    assert computer.stdin is not None
    time.sleep(0.5)
    waiting = Waiting()
    waiting.look([computer.pid])
    assert waited_s(waiting, computer.pid, 1) > 0.7
    computer.stdin.write(b"go\n")
    computer.stdin.flush()
    assert waited_s(waiting, computer.pid, 1) < 0.3


def test_a_process_that_may_not_compute_does_not_wait(computer: subprocess.Popen[bytes]) -> None:
    """The process is ready to compute, but the machine lets it run for a part of the time."""
    assert computer.stdin is not None
    computer.stdin.write(b"go\n")
    computer.stdin.flush()
    waiting = Waiting()
    waiting.look([computer.pid])
    until = time.monotonic() + 2
    while time.monotonic() < until:
        os.kill(computer.pid, signal.SIGSTOP)
        time.sleep(0.07)
        os.kill(computer.pid, signal.SIGCONT)
        time.sleep(0.03)
        waiting.look([computer.pid])
    assert waiting.seconds < 0.5


def test_a_suspended_machine_does_not_count_as_waiting(computer: subprocess.Popen[bytes]) -> None:
    now = time.monotonic()
    waiting = Waiting()
    waiting._last_look = (now - 3600, 0.0)
    time.sleep(0.3)
    waiting.look([computer.pid])
    assert waiting.seconds <= 1
