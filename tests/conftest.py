"""Fixtures and settings that tests share."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings
from support import Tree, Workshop
from timings_support import Clock

from experiments.config.schema import ROOT
from experiments.run import workers
from experiments.run.protocol import Request
from experiments.run.workers import Worker

# A slow machine is no failure (`nox -s bench` measures times), nor is a drawn config without cells.
settings.register_profile(
    "untimed",
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("untimed")

# A shell that starts the tests in the background makes them ignore this signal, and their processes
# would inherit that; the driver restores the signal too (`experiments.__main__`).
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    return Tree(tmp_path, monkeypatch)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def timed_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a whole session of timings, to be copied."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        clock = Clock(tmp_path_factory.mktemp("timed"), monkeypatch)
        answer = clock.timings()
        assert answer.status == 0, answer
    return clock.runs


@pytest.fixture
def timed_clock(clock: Clock, timed_runs: Path) -> Clock:
    """A repository with a finished session of timings."""
    shutil.copytree(timed_runs, clock.runs)
    return clock


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a finished run, for copies."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        tree = Tree(tmp_path_factory.mktemp("finished"), monkeypatch)
        tree.fake_releases()
        answer = tree.command("matrix")
        assert answer.status == 0, answer
    return tree.runs


@pytest.fixture
def done(tree: Tree, finished: Path) -> Tree:
    """A repository with the results of a finished run."""
    tree.fake_releases()
    shutil.copytree(finished, tree.runs)
    return tree


@pytest.fixture(scope="session")
def published_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the published results, which the first process of the tests builds for all."""
    from report.site.__main__ import main

    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    site = shared / "published" / "under" / "some path"
    with FileLock(shared / "published.lock"):
        if not site.exists():
            assert main(["--data", str(ROOT / "results" / "published"), "--out", str(site)]) == 0
    return site


@pytest.fixture
def requested(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the cells requested from workers, in any order."""
    ids: list[str] = []
    answer = Worker.answer

    def listening(worker: Worker, requests: list[Request]) -> None:
        ids.extend(request["id"] for request in requests)
        answer(worker, requests)

    monkeypatch.setattr(Worker, "answer", listening)
    return ids


@pytest.fixture(autouse=True)
def nothing_is_stopping() -> Iterator[None]:
    """Forget that a run was stopped: outside of tests a process has only one run."""
    yield
    workers._stopping.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest kinds of tests, so that no process is left alone with them."""
    items.sort(key=lambda item: ("real" not in item.keywords, "whole" not in item.keywords))
