"""Does a fault of a cell get its right name, and harm no other cell?

The worker is real, Keras is a fake. One worker gets all faults that it must survive, each between
two good cells. Each fault that ends a worker has a separate worker.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Workshop, request

from experiments.chaos import processes
from experiments.chaos.strain import stop_and_go
from experiments.run import store
from experiments.run.protocol import Reply
from experiments.worker.limits import memory

pytestmark = pytest.mark.whole

PLANTED: dict[str, dict[str, float]] = {
    "theirs-wrong": {},
    "theirs-unprintable": {},
    "theirs-core-limit-is-zero": {},
    "theirs-leave": {},
    "theirs-spin": {"first_imports": 0.1},
    "theirs-hang": {"idle_s": 0.5},
    "theirs-hungry": {"memory_mib": 300},
    "theirs-kill-self": {},
    "theirs-no-memory": {},
    "theirs-no-memory-in-hdf5": {},
    "theirs-no-thread": {},
    "theirs-interrupted": {},
    "theirs-garbage": {},
    "theirs-forged": {},
    "theirs-no-space": {},
    "theirs-no-space-in-hdf5": {},
    "theirs-flood": {},
    "theirs-leave-a-grandchild": {},
    "ours-wrong": {},
    "ours-flood": {},
    "harness-wrong": {},
    "harness-hang": {"idle_s": 0.5},
    "harness-spin": {"first_imports": 0.1},
    "harness-core-limit-is-zero": {},
    "harness-leave": {},
    "harness-garbage": {},
    "harness-forged": {},
}
"""Faults that a worker must outlive, with the limits of their cells."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="module")
def fates(shared: Workshop) -> dict[str, Reply]:
    """Replies of one worker to all planted faults and to a good cell before and after each."""
    requests = [request("well-0")]
    for number, (case, limits) in enumerate(PLANTED.items(), 1):
        requests += [request(case, **limits), request(f"well-{number}")]
    return shared.answers(*requests)


def ends(folder: Path) -> bool:
    """Return whether the grandchild, whose number a deed wrote down, ends within two seconds."""
    process = Path("/proc") / (folder / "grandchild").read_text() / "stat"
    for _ in range(100):
        try:
            if process.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Mount a disk of one mebibyte as the folder of all temporary files."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    yield disk
    monkeypatch.undo()
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_good_cell_is_saved_with_its_reference_values(workshop: Workshop) -> None:
    reply = workshop.fate("mlp")
    assert (reply["outcome"], reply["phase"], len(reply["artifact_sha256"])) == (
        "saved",
        "save",
        64,
    )
    assert (workshop.run.folder / "artifacts" / "mlp" / "files" / "model.h5").exists()
    assert (workshop.run.folder / "artifacts" / "mlp" / "oracle.npz").exists()


def test_no_fault_harms_the_cells_around_it(fates: dict[str, Reply]) -> None:
    unharmed = [reply["outcome"] for case, reply in fates.items() if case.startswith("well-")]
    assert unharmed == ["saved"] * (len(PLANTED) + 1)


def test_a_worker_outlives_every_fault_of_a_cell(fates: dict[str, Reply], shared: Workshop) -> None:
    assert [event["event"] for event in shared.events].count("ready") == 1


# Faults of Keras are outcomes of Keras.


def test_an_exception_of_the_release_is_an_error(fates: dict[str, Reply]) -> None:
    reply = fates["theirs-wrong"]
    assert (reply["outcome"], reply["phase"], reply["error_type"]) == (
        "error",
        "build",
        "ValueError",
    )
    assert reply["error_message"].startswith("You are trying to load")


def test_an_exception_whose_text_raises_is_an_error(
    fates: dict[str, Reply],
) -> None:
    reply = fates["theirs-unprintable"]
    assert (reply["outcome"], reply["error_message"]) == ("error", "(3,)")
    assert reply["error_type"].endswith("UnprintableError")


def test_a_segmentation_fault_in_the_release_is_a_crash(fates: dict[str, Reply]) -> None:
    reply = fates["theirs-core-limit-is-zero"]
    assert (reply["outcome"], reply["phase"], reply["error_type"]) == ("crash", "build", "SIGSEGV")


def test_a_release_that_ends_the_process_is_a_crash(fates: dict[str, Reply]) -> None:
    reply = fates["theirs-leave"]
    assert (reply["outcome"], reply["phase"], reply["error_type"]) == ("crash", "build", "exit")
    assert reply["error_message"] == "ended the process with status 7"


def test_a_release_that_computes_for_ever_is_put_off_at_first(fates: dict[str, Reply]) -> None:
    reply = fates["theirs-spin"]
    assert (reply["outcome"], reply["phase"], reply["retry"]) == ("timeout", "build", True)
    assert reply["error_message"] == (
        "did not end within 0.1 times the CPU time of the release's import"
    )


def test_a_release_that_waits_for_ever_times_out_and_is_retried(
    fates: dict[str, Reply],
) -> None:
    reply = fates["theirs-hang"]
    assert (reply["outcome"], reply["phase"], reply["retry"]) == ("timeout", "build", True)
    assert reply["error_message"] == "waited for 0.5 s without computing"


def test_a_second_timeout_of_a_cell_on_its_own_counts(workshop: Workshop) -> None:
    alone = request("theirs-hang", idle_s=0.5) | {"alone": True}
    reply = workshop.answers(alone)["theirs-hang"]
    assert reply["outcome"] == "timeout"
    assert "retry" not in reply


def test_a_release_that_takes_all_memory_is_stopped(fates: dict[str, Reply]) -> None:
    reply = fates["theirs-hungry"]
    assert (reply["outcome"], reply["phase"]) == ("out_of_memory", "build")
    assert reply["error_message"] == "used more than 300 MiB of memory"


# Faults of the suite or the machine are faults of the harness.


def test_an_error_of_the_scenario_while_the_release_builds_is_a_fault_of_the_harness(
    fates: dict[str, Reply], shared: Workshop
) -> None:
    reply = fates["ours-wrong"]
    assert reply["outcome"] == "harness_error"
    assert reply["reason"].startswith("ValueError: You are trying to load")
    assert b"Traceback" in shared.log("ours-wrong")


def test_an_error_in_a_phase_of_the_scenario_is_a_fault_of_the_harness(
    fates: dict[str, Reply],
) -> None:
    reply = fates["harness-wrong"]
    assert (reply["outcome"], reply["phase"]) == ("harness_error", "prepare")
    assert reply["reason"].startswith("ValueError: You are trying to load")


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("core-limit-is-zero", "died of SIGSEGV in a phase of the harness"),
        ("leave", "the child ended with status 7 and no readable reply"),
    ],
)
def test_an_end_in_a_phase_of_the_scenario_is_a_fault_of_the_harness(
    fates: dict[str, Reply], deed: str, reason: str
) -> None:
    reply = fates[f"harness-{deed}"]
    assert (reply["outcome"], reply["reason"]) == ("harness_error", reason)


@pytest.mark.parametrize(
    ("deed", "limits", "reason"),
    [
        ("hang", {"idle_s": 0.5}, "waited for 0.5 s without computing"),
        (
            "spin",
            {"last_imports": 0.1},
            "did not end within 0.1 times the CPU time of the release's import",
        ),
    ],
)
def test_an_endless_scenario_is_a_fault_of_the_harness_once_it_ran_alone(
    workshop: Workshop, deed: str, limits: dict[str, float], reason: str
) -> None:
    alone = request(f"harness-{deed}", **limits) | {"alone": True}
    reply = workshop.answers(alone)[f"harness-{deed}"]
    assert reply["outcome"] == "harness_error"
    assert reply["reason"] == f"{reason} in a phase of the harness"
    assert "retry" not in reply


def test_a_machine_without_free_memory_is_a_fault_of_the_harness(workshop: Workshop) -> None:
    free = memory.free_mib()
    hungry = request("theirs-hungry", memory_mib=300)
    assert free > 300
    assert workshop.answers(hungry)["theirs-hungry"]["outcome"] == "out_of_memory"
    large = request("theirs-no-memory", memory_mib=4 * free)
    reply = workshop.answers(large)["theirs-no-memory"]
    assert reply["outcome"] == "harness_error"
    assert "MiB of memory free" in reply["reason"]
    assert "jobs=1" in reply["reason"]


@pytest.mark.parametrize("deed", ["no-memory", "no-memory-in-hdf5"])
def test_a_refusal_of_free_memory_is_an_outcome(fates: dict[str, Reply], deed: str) -> None:
    assert fates[f"theirs-{deed}"]["outcome"] == "out_of_memory"


def test_a_machine_without_free_threads_is_a_fault_of_the_harness(fates: dict[str, Reply]) -> None:
    reply = fates["theirs-no-thread"]
    assert (reply["outcome"], reply["reason"]) == (
        "harness_error",
        "RuntimeError: can't start new thread",
    )


def test_a_stopped_cell_does_not_count_as_waiting(workshop: Workshop) -> None:
    """The test stops and continues its processes, as a suspended or crowded machine does."""
    long = request("theirs-take-long", idle_s=1)
    with stop_and_go(lambda: processes.below(os.getpid())):
        reply = workshop.answers(long)["theirs-take-long"]
    assert reply["outcome"] == "saved"
    assert reply["wall_s"] > 2 * reply["cpu_s"]


def test_a_child_killed_from_outside_is_a_fault_of_the_harness(fates: dict[str, Reply]) -> None:
    reply = fates["theirs-kill-self"]
    assert (reply["outcome"], reply["reason"]) == (
        "harness_error",
        "killed from outside by SIGKILL",
    )


def test_a_child_interrupted_from_outside_is_a_fault_of_the_harness(
    fates: dict[str, Reply],
) -> None:
    reply = fates["theirs-interrupted"]
    assert (reply["outcome"], reply["reason"]) == ("harness_error", "KeyboardInterrupt: ")


def test_a_killed_worker_loses_only_its_current_cell(workshop: Workshop) -> None:
    reply = workshop.fate("theirs-kill-worker")
    assert reply["outcome"] == "harness_error"
    assert reply["reason"] == (
        "the worker died in this cell: it was killed by SIGKILL; see logs/save/tf-2.4.log"
    )


def test_each_of_several_deaths_of_a_worker_loses_one_cell(workshop: Workshop) -> None:
    deaths = [request("theirs-kill-worker"), request("ours-kill-worker"), request("mlp")]
    replies = workshop.answers(*deaths)
    outcomes = [reply["outcome"] for reply in replies.values()]
    assert outcomes == ["harness_error", "harness_error", "saved"]


def test_an_environment_that_cannot_import_fails_all_its_cells_with_the_reason(
    workshop: Workshop,
) -> None:
    replies = workshop.answers(request("mlp"), request("cnn"), FAKE_WORKER_BROKEN="yes")
    for reply in replies.values():
        assert reply["outcome"] == "harness_error"
        assert reply["reason"] == (
            "the worker could not work: TensorFlow could not be imported (ImportError: "
            "libtensorflow_framework.so.2: cannot open shared object file); "
            "see logs/save/tf-2.4.log"
        )


def test_a_missing_interpreter_fails_all_its_cells_with_the_reason(
    workshop: Workshop, tmp_path: Path
) -> None:
    replies = workshop.answers(request("mlp"), request("cnn"), python=tmp_path / "nowhere")
    for reply in replies.values():
        assert reply["outcome"] == "harness_error"
        assert "No such file or directory" in reply["reason"]


def test_a_worker_that_answers_nothing_is_given_up(workshop: Workshop, tmp_path: Path) -> None:
    idle = tmp_path / "idle"
    idle.write_text('#!/bin/sh\necho \'{"event": "ready"}\'\n')
    idle.chmod(0o755)
    reply = workshop.answers(request("mlp"), python=idle)["mlp"]
    assert reply["outcome"] == "harness_error"
    assert reply["reason"].startswith("the worker could not work: it ended with status 0")


@pytest.mark.parametrize("deed", ["garbage", "forged"])
def test_a_reply_that_the_worker_did_not_write_does_not_count(
    fates: dict[str, Reply], deed: str
) -> None:
    reply = fates[f"theirs-{deed}"]
    assert (reply["outcome"], reply["error_type"]) == ("crash", "exit")
    assert reply["error_message"] == "ended the process with status 0"


@pytest.mark.parametrize("deed", ["garbage", "forged"])
def test_an_unreadable_reply_is_a_fault_of_the_harness(fates: dict[str, Reply], deed: str) -> None:
    reply = fates[f"harness-{deed}"]
    assert (reply["outcome"], reply["reason"]) == (
        "harness_error",
        "the child ended with status 0 and no readable reply",
    )


def test_the_cell_of_a_torn_reply_is_repeated(workshop: Workshop) -> None:
    replies = workshop.run.replies("save", "tf-2.4")
    replies.parent.mkdir(parents=True)
    replies.write_bytes(json.dumps({"id": request("mlp")["id"]})[:-9].encode())
    assert workshop.fate("mlp")["outcome"] == "saved"
    assert len(list(store.read_lines(replies))) == 3


@pytest.mark.parametrize("deed", ["no-space", "no-space-in-hdf5"])
def test_an_error_of_the_release_about_disk_space_is_a_fault_of_the_harness(
    fates: dict[str, Reply], deed: str
) -> None:
    reply = fates[f"theirs-{deed}"]
    assert reply["outcome"] == "harness_error"
    assert "No space left on device" in reply["reason"]


def test_a_full_disk_is_a_fault_of_the_harness(workshop: Workshop, small_disk: Path) -> None:
    reply = workshop.fate("theirs-full-disk")
    assert reply["outcome"] == "harness_error"
    assert "No space left on device" in reply["reason"]


# The output and the children of a cell concern that cell alone.


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_flood_of_binary_output_ends_in_the_log_alone(
    fates: dict[str, Reply], shared: Workshop, side: str
) -> None:
    assert fates[f"{side}-flood"]["outcome"] == "saved"
    assert shared.log(f"{side}-flood").startswith(bytes(range(256)))
    assert {event["event"] for event in shared.events} == {"ready", "start", "done"}
    assert "not a cell" not in {event.get("id") for event in shared.events}


def test_a_grandchild_neither_delays_its_cell_nor_survives_it(
    fates: dict[str, Reply], shared: Workshop
) -> None:
    reply = fates["theirs-leave-a-grandchild"]
    assert (reply["outcome"], reply["wall_s"] < 30) == ("saved", True)
    assert ends(shared.run.folder.parent)


def test_a_cell_leaves_no_temporary_file(workshop: Workshop) -> None:
    workshop.fate("theirs-kill-self")
    assert not workshop.run.temporary.exists()
