"""Is a bad lock told apart from a good lock, and does a good lock stay as it is?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from experiments import tools
from experiments.config import compose
from experiments.config.faults import ConfigFaultsError
from experiments.config.schema import Environment
from experiments.environments import interpreters, locks, resolution
from experiments.environments.interpreters import Interpreter, Missing
from experiments.environments.uv import UvError

HASH = f"--hash=sha256:{'0a' * 32}"
GOOD = f"numpy==1.19.5 \\\n    {HASH} \\\n    {HASH}\ntensorflow-cpu==2.4.4 \\\n    {HASH}\n"
ENVIRONMENT = Environment(
    python="3.8", requirements=["tensorflow-cpu==2.4.4"], cutoff="2021-11-15", variables={}
)


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(locks, "FOLDER", tmp_path)
    monkeypatch.setattr(
        interpreters, "find", lambda version: Interpreter(Path("python"), version, "PATH")
    )
    return locks.path("tf-2.4")


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"# a comment\n{GOOD}",
        f'colorama==0.4.6 ; sys_platform == "win32" \\\n    {HASH}\n',
        f"coverage[toml]==1!7.0.post1+local {HASH}\n",
    ],
)
def test_a_good_lock_has_no_fault(lock: Path, text: str) -> None:
    lock.write_text(text)
    assert locks.check(lock) == []


@pytest.mark.parametrize("path", sorted(locks.FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_the_locks_of_the_repository_are_good(path: Path) -> None:
    assert locks.check(path) == []


def test_the_locks_of_the_repository_are_of_its_environments() -> None:
    environments = compose.load([]).environment
    for name, environment in environments.items():
        assert locks.check(locks.path(name), environment) == []
    assert {path.stem for path in locks.FOLDER.glob("*.txt")} == {*environments, *tools.TOOLS}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("numpy==1.19.5", "has no hash"),
        (f"numpy {HASH}", "not pinned"),
        (f"numpy>=1.19.5 {HASH}", "not pinned"),
        (f"numpy==1.19.* {HASH}", "not pinned"),
        (f"numpy==1.19.5,<2 {HASH}", "not pinned"),
        ("numpy==1.19.5 --hash=sha256:0a0a", "cut off"),
        (f"numpy==1.19.5 --hash=md5:{'0' * 32}", "not one of sha256"),
        (f"numpy==1.19.5 {HASH} --hash=sha256:", "cut off"),
        (f"--index-url https://packages.example/simple\nnumpy==1 {HASH}", "address"),
        (f"--find-links wheels\nnumpy==1 {HASH}", "option"),
        (f"-r other.txt\nnumpy==1 {HASH}", "option"),
        (f"-e .\nnumpy==1 {HASH}", "option"),
        (f"numpy @ https://packages.example/numpy.whl {HASH}", "address"),
        (f"numpy @ file:///wheels/numpy.whl {HASH}", "address"),
        (f"git+https://code.example/numpy {HASH}", "address"),
        (f"/wheels/numpy.whl {HASH}", "address"),
        (f"./numpy.whl {HASH}", "address"),
        (f"../numpy.whl {HASH}", "address"),
        (f"file:numpy.whl {HASH}", "address"),
        (f"numpy==1.19.5 {HASH} --index-url https://packages.example", "address"),
        ("", "empty"),
        ("# nothing but this", "empty"),
    ],
)
def test_each_planted_fault_is_found(lock: Path, entry: str, problem: str) -> None:
    lock.write_text(f"{GOOD}{entry}\n" if "empty" not in problem else entry)
    (fault,) = locks.check(lock)
    assert problem in fault.problem
    assert fault.location == "configs/locks/tf-2.4.txt"
    assert fault.fix == "Run `nox -s lock -- tf-2.4`."


def test_a_missing_lock_is_a_fault(lock: Path) -> None:
    (fault,) = locks.check(lock)
    assert (fault.problem, fault.fix) == ("there is no lock", "Run `nox -s lock -- tf-2.4`.")


def test_a_lock_that_cannot_be_read_is_a_fault(lock: Path) -> None:
    lock.write_bytes(b"\xff\xfe\x00")
    assert "not a text" in locks.check(lock)[0].problem
    lock.unlink()
    lock.mkdir()
    assert "not a text" in locks.check(lock)[0].problem


@pytest.mark.parametrize(
    ("requirement", "stale"),
    [
        ("tensorflow-cpu==2.4.4", False),
        ("TensorFlow_CPU[extra]==2.4.4", False),
        ("numpy>=1.19", False),
        ("tensorflow-cpu==2.4.3", True),
        ("tensorflow-cpu==2.4", True),
        ("keras==2.4.3", True),
    ],
)
def test_a_lock_of_other_requirements_is_a_fault(lock: Path, requirement: str, stale: bool) -> None:
    lock.write_text(GOOD)
    environment = Environment(python="3.8", requirements=[requirement], cutoff="", variables={})
    assert [requirement in fault.problem for fault in locks.check(lock, environment)] == [
        True
    ] * stale


def test_all_faults_are_found_at_once(lock: Path) -> None:
    lock.write_text("numpy\nscipy==1\n--pre\n")
    assert len(locks.check(lock)) == 3


class FakeUv:
    """A uv that answers with a text, and records its calls and the lock that it starts from."""

    def __init__(self, text: str = GOOD) -> None:
        self.text, self.locked_before, self.calls = text, list[str](), list[tuple[str, ...]]()

    def __call__(self, *arguments: str) -> str:
        self.calls.append(arguments)
        output = Path(arguments[arguments.index("--output-file") + 1])
        self.locked_before.append(output.read_text() if output.exists() else "")
        output.write_text(self.text)
        return ""


@pytest.fixture
def uv(monkeypatch: pytest.MonkeyPatch) -> FakeUv:
    fake = FakeUv()
    monkeypatch.setattr(locks, "uv", fake)
    environments = {"tf-2.4": ENVIRONMENT}
    monkeypatch.setattr(resolution, "read_environments", lambda root, faults: environments)
    return fake


def test_uv_resolves_hashes_under_the_cutoff_from_the_old_lock(lock: Path, uv: FakeUv) -> None:
    lock.write_text("numpy==1.19.4\n")
    assert locks.resolve("tf-2.4", ENVIRONMENT) == GOOD
    assert uv.locked_before == ["numpy==1.19.4\n"]
    (call,) = uv.calls
    assert call[call.index("--exclude-newer") + 1] == "2021-11-15"
    assert {"--generate-hashes", "--no-header", "--no-annotate"} < set(call)
    assert lock.read_text() == "numpy==1.19.4\n"


def locked(names: Sequence[str]) -> int:
    """Carry out the command."""
    return resolution.run(names, Console(file=sys.stdout))


def test_a_lock_is_written_and_then_unchanged(
    lock: Path, uv: FakeUv, capsys: pytest.CaptureFixture[str]
) -> None:
    assert locked(["tf-2.4"]) == 0
    assert locked(["tf-2.4"]) == 0
    assert capsys.readouterr().out == "tf-2.4: written\ntf-2.4: unchanged\n"
    assert lock.read_text() == GOOD
    assert list(lock.parent.iterdir()) == [lock]


def test_the_locks_of_environments_and_tools_are_written(lock: Path, uv: FakeUv) -> None:
    assert locked([]) == 0
    assert {path.stem for path in lock.parent.iterdir()} == {"tf-2.4", *tools.TOOLS}
    assert "--universal" in uv.calls[-1]


def test_a_failed_resolution_keeps_the_lock(
    lock: Path, uv: FakeUv, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*arguments: str) -> str:
        raise UvError("no solution found")

    monkeypatch.setattr(locks, "uv", refuse)
    lock.write_text(GOOD)
    assert locked(["tf-2.4"]) == 1
    assert "no solution found" in capsys.readouterr().out
    assert lock.read_text() == GOOD


def test_a_missing_interpreter_comes_with_the_next_step(
    lock: Path, uv: FakeUv, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Missing("3.8", ("PATH",), "Get one.")
    monkeypatch.setattr(interpreters, "find", lambda version: missing)
    with pytest.raises(UvError, match=r"no Python 3\.8\. Get one\."):
        locks.resolve("tf-2.4", ENVIRONMENT)


def test_an_unknown_name_is_a_fault(lock: Path, uv: FakeUv) -> None:
    with pytest.raises(ConfigFaultsError, match=r"Did you mean tf-2\.4\?"):
        locked(["tf-2.5"])
    assert uv.calls == []
