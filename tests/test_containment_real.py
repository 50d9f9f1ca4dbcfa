"""Are cells contained on a real Keras 2 and a real Keras 3 as on the fake?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from containment import KINDS, WELL, Kind
from support import LIMITS, contents
from test_containment import skip_unless_fenced

from experiments.chaos import processes
from experiments.environments import installation, pinning
from experiments.run import protocol
from experiments.run.protocol import Event, Reply, Request
from experiments.run.store import Run
from experiments.run.workers import Worker
from experiments.timings.settings import load

pytestmark = pytest.mark.real
RELEASES = ("tf-2.4", "tf-2.21")
CASES = KINDS | {"wander": Kind("error")}


def misbehaviour(stage: str, case: str, release: str, **limits: float) -> Request:
    identity = f"_misbehaving/{case}/h5/{stage}/{release}"
    return {
        "id": identity,
        "key": identity,
        "stage": stage,
        "scenario": "_misbehaving",
        "case": case,
        "saved_as": "saved",
        "format": "h5",
        "api": "load_model",
        "artifact": "artifacts/saved",
        "log": f"logs/cells/{identity}.log",
        "limits": LIMITS | limits,
    }


class Answers:
    """The replies of one worker to every misbehaviour, and the state of its run after them."""

    def __init__(self, folder: Path, release: str) -> None:
        self.run, environment = Run(folder), load([]).environment[release]
        self.ready = 0
        answer = installation.prepare(release, environment)
        assert isinstance(answer, installation.Ready), answer

        def ask(stage: str, *requests: Request) -> dict[str, Reply]:
            variables = pinning.pinned_variables(environment)
            worker = Worker(self.run, stage, release, answer.python, variables, self._listen)
            worker.answer(requests)
            return protocol.read_replies(self.run.replies(stage, release))

        ask(
            "save",
            misbehaviour("save", "saved", release),
            misbehaviour("save", "neighbour", release),
        )
        self.before = contents(folder / "artifacts")
        self.ready = 0
        loads = [misbehaviour("load", "well.0", release)]
        for number, (case, kind) in enumerate(CASES.items(), 1):
            loads.append(misbehaviour("load", case, release, **kind.limits))
            loads.append(misbehaviour("load", f"well.{number}", release))
        replies = ask("load", *loads)
        self.replies = {identity.split("/")[1]: reply for identity, reply in replies.items()}
        self.remaining = processes.within(folder)

    def _listen(self, event: Event) -> None:
        self.ready += event.get("event") == "ready"


@pytest.fixture(scope="module", params=RELEASES)
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return Answers(tmp_path_factory.mktemp("contained"), request.param)


@pytest.mark.parametrize(("case", "kind"), CASES.items(), ids=CASES)
def test_each_misbehaviour_has_its_true_reply(answers: Answers, case: str, kind: Kind) -> None:
    skip_unless_fenced(case)
    reply = answers.replies[case]
    if kind.outcome == WELL:
        assert reply["outcome"] == "equal", reply
    elif kind.outcome == "error":
        assert (reply["outcome"], reply["phase"]) == ("error", "load"), reply
    else:
        assert kind.fits(reply), reply


def test_no_neighbour_is_harmed(answers: Answers) -> None:
    well = [reply["outcome"] for case, reply in answers.replies.items() if case.startswith("well.")]
    assert well == ["equal"] * (len(CASES) + 1)


def test_the_run_keeps_its_files_and_no_process_remains(answers: Answers) -> None:
    skip_unless_fenced("signal_worker")
    after: Mapping[str, bytes] = contents(answers.run.folder / "artifacts")
    assert after == answers.before
    assert not list(answers.run.folder.rglob("trespasser"))
    assert answers.remaining == []
    assert answers.ready == 1, "one worker outlived all cells"
