"""Does the chaos campaign notice a run that did not survive? The tests plant broken runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from support import Tree

from experiments.chaos import command, processes, trial
from experiments.chaos.events import KILLS, MOMENTS, STRAINS, Event, events
from experiments.chaos.trial import MissedError, Sandbox
from experiments.config import compose, matrix


def test_the_seed_decides_events_and_moments() -> None:
    assert events(50, 10, 3, 1) == events(50, 10, 3, 1)
    assert events(50, 10, 3, 1) != events(50, 10, 3, 2)


def test_every_kind_is_drawn_at_every_moment() -> None:
    drawn = events(50, 10, 6, 1)
    kinds = Counter((event.victim, event.kind) for event in drawn)
    strains = {("machine", kind) for kind in STRAINS}
    assert set(kinds) == {*KILLS, ("disk", "disk"), *strains}
    assert min(kinds[kind] for kind in KILLS) >= 50 // len(KILLS)
    assert {kinds[kind] for kind in strains} == {2}
    assert kinds["disk", "disk"] == 10
    firsts = [event.moments[0] for event in drawn]
    assert min(firsts) < 0.2 < 0.8 < max(firsts)
    assert all(len(set(event.moments)) == MOMENTS for event in drawn)


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """The folder of a successful run."""
    sandbox = Sandbox(tmp_path, [])
    replies = sandbox.run.replies("load", "tf-2.4")
    replies.parent.mkdir(parents=True)
    sandbox.temporary.mkdir()
    replies.write_text(line("a") + line("b"))
    return sandbox


def line(identity: str, outcome: str = "equal", **fields: object) -> str:
    return json.dumps({"id": identity, "key": "k", "outcome": outcome, **fields}) + "\n"


def test_a_cell_with_two_replies_is_counted_as_repeated(sandbox: Sandbox) -> None:
    assert trial.repeated(sandbox) == 0
    replies = sandbox.run.replies("load", "tf-2.4")
    replies.write_text(replies.read_text() + line("a", "harness_error"))
    assert trial.repeated(sandbox) == 0, "the cell that was cut"
    replies.write_text(replies.read_text() + line("a", "timeout", retry=True))
    assert trial.repeated(sandbox) == 0, "a cell that was put off"
    replies.write_text(replies.read_text() + line("b"))
    assert trial.repeated(sandbox) == 1


def test_the_remains_of_a_run_are_found(sandbox: Sandbox) -> None:
    def remains() -> list[str]:
        return list(processes.remains(sandbox.run.folder, sandbox.temporary))

    assert remains() == []
    (sandbox.temporary / "cell-x").mkdir()
    (sandbox.run.folder / "replies" / ".half").touch()
    (sandbox.run.folder / "artifacts" / "it.partial").mkdir(parents=True)
    (sandbox.run.folder / "artifacts" / "it.partial" / "model.h5").touch()
    assert remains() == [
        "temporary: cell-x",
        "not whole: artifacts/it.partial/model.h5",
        "not whole: replies/.half",
    ]


def test_a_remaining_process_of_a_run_is_found_and_ended(sandbox: Sandbox) -> None:
    words = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(words, cwd=sandbox.folder) as process:
        assert processes.within(sandbox.folder) == [process.pid]
        assert process.pid in processes.below(os.getpid())
        assert trial.end_remaining(sandbox, patience_s=0.2) == [process.pid]
        assert process.wait() == -9


@pytest.mark.parametrize(
    ("row", "bad"),
    [
        ({}, False),
        ({"statuses": "130 1"}, True),
        ({"statuses": "0 1"}, True),
        ({"same_bytes": "no"}, True),
        ({"repeated": "1"}, True),
        ({"remains": "process 7"}, True),
        ({"skipped": "only root can mount a small disk", "statuses": ""}, False),
    ],
)
def test_a_run_with_a_trace_of_its_event_is_bad(row: dict[str, str], bad: bool) -> None:
    well = dict.fromkeys(command.COLUMNS, "") | {
        "number": "1",
        "statuses": "130 0",
        "same_bytes": "yes",
        "repeated": "0",
    }
    assert command._is_bad(well | row) is bad
    assert ("BAD" in command._line(well | row)) is bad


@pytest.mark.parametrize("word", ["kils=3", "kills=many", "kills=-1", "fast"])
def test_a_wrong_word_is_a_fault_before_any_event(tree: Tree, word: str) -> None:
    answer = tree.command("bench", "chaos", word)
    assert answer.status == 2
    assert f"{word}: is none of kills=N, disks=N, strains=N, seed=N" in answer.err


def test_the_disturbed_run_has_cells() -> None:
    cells = matrix.cells(compose.load(command.SELECTED))
    assert {cell.saved_with for cell in cells} == {"tf-2.4", "tf-2.21"}
    assert 50 < len(cells) < 400


def test_a_victim_that_ends_before_its_signal_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        gone = [[2**22 + 1], [], [process.pid]]  # above what the kernel numbers processes by
        monkeypatch.setattr(processes, "children", lambda driver: gone.pop(0))
        trial._hit(1, Event(1, "child", "SIGKILL", (0.5,)))
        assert process.wait() == -9
    assert gone == []


@pytest.mark.parametrize("status", [0, 1, 130, -9])
def test_a_run_that_ended_well_was_not_disturbed(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Otherwise a kill that came too late would count as survived."""

    def full(sandbox: Sandbox, size: int) -> float:
        sandbox.statuses.append(status)
        return 1.0

    monkeypatch.setattr(trial, "_on_small_disk", full)
    event = Event(1, "disk", "disk", (0.5,))
    if status:
        assert trial.disturb(sandbox, event, 0.5, 1.0, 100) == 1.0
    else:
        with pytest.raises(MissedError):
            trial.disturb(sandbox, event, 0.5, 1.0, 100)


def survived(
    monkeypatch: pytest.MonkeyPatch, folder: Path, misses: int
) -> tuple[dict[str, str], list[float]]:
    """Return the row of an event that misses a few times, and the moments of its tries."""
    tried = list[float]()

    def disturb(sandbox: Sandbox, event: Event, moment: float, seconds: float, size: int) -> float:
        assert not sandbox.folder.exists(), "each try begins with an empty folder"
        (sandbox.run.folder / "records").mkdir(parents=True)
        (sandbox.run.folder / "records" / "cells.csv").write_bytes(b"cells")
        tried.append(moment)
        if len(tried) <= misses:
            raise MissedError
        sandbox.statuses.append(130)
        return 2.0

    monkeypatch.setattr(trial, "disturb", disturb)
    monkeypatch.setattr(Sandbox, "finish", lambda self, clock: self.statuses.append(0))
    event = Event(3, "worker", "SIGINT", (0.1, 0.7, 0.4))
    row = command._row(event, folder / "3", 1.0, 100, b"cells", folder / "out")
    assert not (folder / "3").exists()
    return row, tried


def test_an_event_that_misses_happens_at_another_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, tried = survived(monkeypatch, tmp_path, misses=2)
    assert tried == [0.1, 0.7, 0.4]
    assert (row["missed"], row["statuses"], row["same_bytes"]) == ("2", "130 0", "yes")
    assert not row["skipped"]


def test_an_event_that_always_misses_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, tried = survived(monkeypatch, tmp_path, misses=3)
    assert len(tried) == 3
    assert row["skipped"] == "there was nothing for it to happen to, 3 times"
