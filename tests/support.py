"""Builds a small repository that tests change, with a worker that needs no TensorFlow."""

from __future__ import annotations

import copy
import functools
import hashlib
import io
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from experiments.__main__ import main
from experiments.config import compose
from experiments.config.schema import ROOT, Config
from experiments.environments import installation, locks, pinning
from experiments.environments.installation import Ready, Unavailable
from experiments.records import publish, reporting, scripts
from experiments.run import folders, protocol
from experiments.run.protocol import Event, Reply, Request
from experiments.run.store import Run
from experiments.run.workers import Worker

FAKE_WORKER = Path(__file__).parent / "fake_worker.py"
ENVIRONMENTS = ("tf-2.4", "tf-2.15", "tf-2.21")
SCENARIOS = ("round_trip", "seed_example_1")
LIMITS = {"first_imports": 40, "last_imports": 80, "idle_s": 60, "memory_mib": 4096}
CONFIG = """\
defaults: [_self_, plan: full]
fresh: false
shard: 1/1
jobs: 0
landmarks: [tf-2.4, tf-2.21]
turns: [tf-2.4, tf-2.21]
select: {environment: ["*"], scenario: ["*"], case: ["*"], format: ["*"], api: ["*"],
  saved_with: ["*"], loaded_with: ["*"]}
limits:
  save: {first_imports: 40, last_imports: 80, idle_s: 60, memory_mib: 4096}
  load: {first_imports: 40, last_imports: 80, idle_s: 60, memory_mib: 4096}
forecast: {install_s: 9, import_s: 7, cell_s: 0.15, environment_gb: 1.4, cell_mb: 0.1}
"""
ROUND_TRIP = """\
question: Does a file written by one release load in another?
cause: version
expected: load
pairs: all
formats:
  h5: [load_model]
  weights_h5: [load_weights]
cases:
  mlp:
"""
SEED_EXAMPLE_1 = """\
question: Is a layer of another size refused?
cause: layer_parameters
expected: refuse
pairs: diagonal
formats:
  h5: [load_weights]
facts: [dense_2, [10, 32]]
cases:
  as_written:
"""
ENVIRONMENT = """\
python: "3.8"
requirements: [tensorflow-cpu==2.4.4]
cutoff: "2021-11-15"
"""
PINS = ("numpy==1.19.5", "tensorflow-cpu==2.4.4")
LOCK = "".join(f"{pin} \\\n    --hash=sha256:{'0' * 64}\n" for pin in PINS)


_load = compose.load
_composed: dict[tuple[object, ...], Config] = {}


def composed(root: Path, words: Sequence[str]) -> Config:
    """Compose a small repository; Hydra, which takes long, composes the same files only once."""
    files = sorted(path for path in (root / "configs").rglob("*") if path.is_file())
    content = tuple((str(path.relative_to(root)), path.read_bytes()) for path in files)
    key = (tuple(words), tuple(compose.scenario_modules()), content)  # type: ignore[attr-defined]
    if key not in _composed:
        _composed[key] = _load(words, root)
    return copy.deepcopy(_composed[key])


def configured(**values: object) -> Config:
    """Return a config with these values, the limits of the tests, and a forecast of no cost."""
    forecast = {"install_s": 0, "import_s": 0, "cell_s": 0, "environment_gb": 0, "cell_mb": 0}
    usual = {"name": "full", "limits": {"save": LIMITS, "load": LIMITS}, "forecast": forecast}
    return Config.model_validate(usual | values)


@dataclass(frozen=True)
class Answer:
    """The status and the output of a command."""

    status: int
    out: str
    err: str


class Tree:
    """A repository of three environments and two scenarios, for commands to work on."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.monkeypatch = root, monkeypatch
        self.runs, self.published = root / "results" / "runs", root / "results" / "published"
        self.write("configs/config.yaml", CONFIG)
        self.write("configs/plan/full.yaml", "# @package _global_\nname: full\n")
        few = "# @package _global_\nname: few\nselect: {environment: [tf-2.4, tf-2.21]}\n"
        self.write("configs/plan/few.yaml", few)
        self.write("configs/scenario/round_trip.yaml", ROUND_TRIP)
        self.write("configs/scenario/seed_example_1.yaml", SEED_EXAMPLE_1)
        for name in ENVIRONMENTS:
            self.write(f"configs/environment/{name}.yaml", ENVIRONMENT)
            self.write(f"configs/locks/{name}.txt", LOCK)
        monkeypatch.setattr(compose, "load", functools.partial(composed, root))
        monkeypatch.setattr(compose, "scenario_modules", lambda: list(SCENARIOS))
        monkeypatch.setattr(locks, "FOLDER", root / "configs" / "locks")
        monkeypatch.setattr(reporting, "ROOT", root)
        monkeypatch.setattr(publish, "PUBLISHED", self.published)
        monkeypatch.setattr(publish, "REPORT", root / "report" / "pages")
        monkeypatch.setattr(scripts, "checkout", lambda commit: nullcontext(ROOT))
        monkeypatch.setattr(folders, "RUNS", self.runs)
        monkeypatch.setattr(reporting, "build", lambda data, out, module="report": 0)
        monkeypatch.setenv(installation.PLACE, str(root / "environments"))
        nowhere = Unavailable("no network in tests", "Have `fake_releases` play it.")
        monkeypatch.setattr(installation, "prepare", lambda name, environment: nowhere)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def config(self, *words: str) -> Config:
        return compose.load(words)

    def run(self, name: str = "full") -> Run:
        return Run(self.runs / name)

    def command(self, *words: str) -> Answer:
        """Carry out a command line; a command that argparse refuses ends with its status."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                status = main(words)
            except SystemExit as end:
                status = int(end.code or 0)
        return Answer(status, out.getvalue(), err.getvalue())

    def fake_releases(self, **variables: str) -> None:
        """Make every environment ready, with a worker that plays Keras."""
        python = fake_python(self.root)
        self.monkeypatch.setattr(installation, "is_ready", lambda name: True)
        self.monkeypatch.setattr(installation, "prepare", lambda name, environment: Ready(python))
        pinned = pinning.pinned_variables
        self.monkeypatch.setattr(
            pinning, "pinned_variables", lambda environment: pinned(environment) | variables
        )


def fake_python(folder: Path) -> Path:
    """Return a Python that starts the fake worker instead of the real worker."""
    path = folder / "fake-python"
    path.write_text(f'#!/bin/sh\nshift 2\nexec "{sys.executable}" "{FAKE_WORKER}" "$@"\n')
    path.chmod(0o755)
    return path


def request(case: str, **limits: float) -> Request:
    """Return a request for a save; the case names the planted fault."""
    identity = f"round_trip/{case}/h5/save/tf-2.4"
    return {
        "id": identity,
        "key": hashlib.sha256(identity.encode()).hexdigest(),
        "stage": "save",
        "scenario": "round_trip",
        "case": case,
        "saved_as": case,
        "format": "h5",
        "artifact": f"artifacts/{case}",
        "log": f"logs/cells/{case}.log",
        "limits": LIMITS | limits,
    }


class Workshop:
    """A run's folder in which fake workers answer requests."""

    def __init__(self, folder: Path) -> None:
        self.run, self.events = Run(folder / "run"), list[Event]()
        self.run.folder.mkdir()
        self.python = fake_python(folder)
        self.variables = {"PATH": "/usr/bin:/bin", "FAKE_WORKER_NOTES": str(folder)}

    def answers(
        self, *requests: Request, python: Path | None = None, **variables: str
    ) -> dict[str, Reply]:
        """Let a worker answer the requests; return the replies by case."""
        arguments = (self.run, "save", "tf-2.4", python or self.python, self.variables | variables)
        Worker(*arguments, self.events.append).answer(requests)
        replies = protocol.read_replies(self.run.replies("save", "tf-2.4"))
        return {sent["case"]: replies[sent["id"]] for sent in requests}

    def fate(self, case: str, **limits: float) -> Reply:
        """Return the reply to a faulty cell; the cells before and after it must go well."""
        replies = self.answers(request("before"), request(case, **limits), request("after"))
        assert (replies["before"]["outcome"], replies["after"]["outcome"]) == ("saved", "saved")
        return replies[case]

    def log(self, case: str) -> bytes:
        return (self.run.folder / "logs" / "cells" / f"{case}.log").read_bytes()


def contents(folder: Path) -> Mapping[str, bytes]:
    """Return the content of all files under a folder, without the lock against a second run."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
