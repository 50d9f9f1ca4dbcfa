"""Does a misbehaving cell harm no other cell, and does its reply tell the truth?

The worker is real, Keras is a fake; tests/test_containment_real.py has real releases.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from containment import KINDS, WELL, Kind
from support import Workshop, contents, request

from experiments.chaos import processes
from experiments.run.protocol import Reply
from experiments.worker.limits import fence

pytestmark = pytest.mark.whole

NEEDS_FENCE = {"delete": 1, "trespass": 1, "connect": 4, "signal_worker": 6}
"""Harm that the kernel alone can prevent, and the first version of Landlock that prevents it."""


def fence_version() -> int:
    """Return the version of Landlock in this kernel."""
    return int(fence.version())


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="module")
def before(shared: Workshop) -> Mapping[str, bytes]:
    """The artifacts of the run after a good save."""
    shared.answers(request("neighbour"), FAKE_WORKER_FENCED="yes")
    return contents(shared.run.folder / "artifacts")


@pytest.fixture(scope="module")
def fates(shared: Workshop, before: object) -> Iterator[dict[str, Reply]]:
    """Replies of one worker to every kind, each between two good cells."""
    requests = [request("well-0")]
    for number, (case, kind) in enumerate(KINDS.items(), 1):
        name = f"theirs-{case.replace('_', '-')}"
        requests += [request(name, **kind.limits), request(f"well-{number}")]
    yield shared.answers(*requests, FAKE_WORKER_FENCED="yes")
    assert processes.within(shared.run.folder) == []


def skip_unless_fenced(case: str) -> None:
    least = NEEDS_FENCE.get(case, 0)
    if fence_version() < least:
        pytest.skip(f"needs Landlock {least}; this kernel has {fence_version()}")


@pytest.mark.parametrize(("case", "kind"), KINDS.items(), ids=KINDS)
def test_each_misbehaviour_has_its_true_reply(
    fates: dict[str, Reply], case: str, kind: Kind
) -> None:
    skip_unless_fenced(case)
    reply = fates[f"theirs-{case.replace('_', '-')}"]
    if kind.outcome == WELL:
        assert reply["outcome"] == "saved", reply
    else:
        assert kind.fits(reply), reply


def test_no_neighbour_is_harmed(fates: dict[str, Reply]) -> None:
    well = [reply["outcome"] for case, reply in fates.items() if case.startswith("well-")]
    assert well == ["saved"] * (len(KINDS) + 1)


def test_one_worker_outlives_every_misbehaviour(fates: dict[str, Reply], shared: Workshop) -> None:
    skip_unless_fenced("signal_worker")
    ready = [event for event in shared.events if event["event"] == "ready"]
    assert len(ready) == 2, "the worker of the neighbour, and the worker of all other cells"


def test_no_file_outside_the_cells_folder_changes(
    fates: dict[str, Reply], shared: Workshop, before: Mapping[str, bytes]
) -> None:
    skip_unless_fenced("delete")
    after = contents(shared.run.folder / "artifacts")
    assert {name: after.get(name) for name in before} == before
    assert not list(shared.run.folder.rglob("trespasser"))


def test_a_flood_leaves_a_short_log(fates: dict[str, Reply], shared: Workshop) -> None:
    assert len(shared.log("theirs-flood-output")) == 1024 * 1024


def test_no_temporary_file_remains(fates: dict[str, Reply], shared: Workshop) -> None:
    assert not shared.run.temporary.exists()


@pytest.mark.parametrize("case", NEEDS_FENCE)
def test_harm_happens_without_the_fence(tmp_path: Path, case: str) -> None:
    """Without the fence the harm happens, so the tests above can fail."""
    workshop = Workshop(tmp_path)
    workshop.answers(request("neighbour"))
    name = f"theirs-{case.replace('_', '-')}"
    reply = workshop.answers(request(name))[name]
    harmed = {
        "delete": not (workshop.run.folder / "artifacts" / "neighbour").exists(),
        "trespass": bool(list(workshop.run.folder.rglob("trespasser"))),
        "connect": "was let" in reply.get("error_message", ""),
        "signal_worker": reply["outcome"] == "harness_error",
    }
    assert harmed[case]


def test_a_terminated_worker_ends_its_cells(tmp_path: Path) -> None:
    """Even a process that left the group and the session of its cell ends."""
    workshop = Workshop(tmp_path)
    daemon = request("theirs-leave-a-daemon-and-hang")
    thread = threading.Thread(target=lambda: workshop.answers(daemon), daemon=True)
    thread.start()
    assert until(lambda: len(processes.below(os.getpid())) == 3), "worker, cell and daemon"
    worker, *children = processes.below(os.getpid())
    os.kill(worker, signal.SIGTERM)
    assert until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
    thread.join(20)
    assert not workshop.run.temporary.exists()


def until(condition: Callable[[], bool]) -> bool:
    """Wait ten seconds at most; return whether the condition came true."""
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False
