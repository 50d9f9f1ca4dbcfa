"""Is an environment ready only when it is complete, and does a worker inherit no variables?"""

from __future__ import annotations

import sysconfig
import threading
import time
from pathlib import Path

import pytest

from experiments.config.schema import Environment
from experiments.environments import installation, interpreters, locks, pinning
from experiments.environments.installation import Ready, Unavailable, prepare
from experiments.environments.interpreters import Interpreter, Missing
from experiments.environments.uv import UvError
from experiments.environments.uv import uv as real_uv

NAME = "tf-2.4"
LOCK = f"numpy==1.19.5 --hash=sha256:{'0' * 64}\n"
ENVIRONMENT = Environment(
    python="3.8", requirements=["numpy==1.19.5"], cutoff="2021-11-15", variables={}
)
NEWER = Environment(python="3.9", requirements=["numpy==1.19.5"], cutoff="2021-11-15", variables={})


class FakeUv:
    """A uv that makes folders; it raises `fail` instead of an installation."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.fail: BaseException | None = None

    def __call__(self, *arguments: str) -> str:
        self.calls.append(arguments)
        if arguments[0] == "venv":
            folder, version = Path(arguments[-1]), arguments[arguments.index("--python") + 1]
            (folder / "lib" / version).mkdir(parents=True)
            (folder / "bin").mkdir()
            (folder / "bin" / "python").touch()
        elif self.fail:
            raise self.fail
        return ""

    @property
    def builds(self) -> int:
        return sum(call[0] == "venv" for call in self.calls)


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeUv:
    fake = FakeUv()
    monkeypatch.setattr(installation, "uv", fake)
    monkeypatch.setattr(locks, "FOLDER", tmp_path / "locks")
    monkeypatch.setenv(installation.PLACE, str(tmp_path / "environments"))
    monkeypatch.setattr(
        interpreters,
        "find",
        lambda version, conda_folder: Interpreter(Path(f"python{version}"), version, "PATH"),
    )
    locks.path(NAME).parent.mkdir()
    locks.path(NAME).write_text(LOCK)
    return fake


def ready() -> Ready:
    return Ready(installation.folder(NAME) / "bin" / "python")


def test_an_environment_is_built_from_its_lock_alone_under_the_cutoff(uv: FakeUv) -> None:
    assert prepare(NAME, ENVIRONMENT) == ready()
    install = uv.calls[-1]
    assert {"--require-hashes", "--no-deps"} < set(install)
    assert install[install.index("--exclude-newer") + 1] == "2021-11-15"
    assert install[install.index("--requirements") + 1] == str(locks.path(NAME))


def test_an_environment_whose_python_has_a_known_fault_is_built_anew(uv: FakeUv) -> None:
    prepare(NAME, ENVIRONMENT)
    settings = installation.folder(NAME) / "pyvenv.cfg"
    settings.write_text("home = /usr/bin\nversion_info = 3.13.1\n")
    assert prepare(NAME, ENVIRONMENT) == ready()
    assert uv.builds == 1
    settings.write_text("home = /usr/bin\nversion_info = 3.13.0\n")
    assert not installation.is_ready(NAME)
    prepare(NAME, ENVIRONMENT)
    assert uv.builds == 2


def test_an_environment_is_reused_while_its_lock_is_unchanged(uv: FakeUv) -> None:
    prepare(NAME, ENVIRONMENT)
    assert prepare(NAME, ENVIRONMENT) == ready()
    assert uv.builds == 1


def test_another_lock_or_another_python_builds_an_environment_anew(uv: FakeUv) -> None:
    prepare(NAME, ENVIRONMENT)
    locks.path(NAME).write_text(LOCK + LOCK.replace("numpy==1.19.5", "six==1.15.0"))
    assert not installation.is_ready(NAME)
    prepare(NAME, ENVIRONMENT)
    assert uv.builds == 2
    prepare(NAME, NEWER)
    assert uv.builds == 3


@pytest.mark.parametrize("marker", [None, "", "{", "null", '{"lock_sha256": "of another"}'])
def test_an_incomplete_environment_is_built_anew(uv: FakeUv, marker: str | None) -> None:
    prepare(NAME, ENVIRONMENT)
    folder = installation.folder(NAME)
    (folder / installation.MARKER).unlink()
    (folder / "remains").touch()
    if marker is not None:
        (folder / installation.MARKER).write_text(marker)
    assert not installation.is_ready(NAME)
    assert prepare(NAME, ENVIRONMENT) == ready()
    assert uv.builds == 2
    assert not (folder / "remains").exists()


def test_an_environment_without_its_python_is_built_anew(uv: FakeUv) -> None:
    prepare(NAME, ENVIRONMENT)
    installation.python(NAME).unlink()
    assert prepare(NAME, ENVIRONMENT) == ready()
    assert uv.builds == 2


def test_an_interrupted_build_leaves_no_ready_environment(uv: FakeUv) -> None:
    uv.fail = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        prepare(NAME, ENVIRONMENT)
    assert installation.folder(NAME).exists()
    assert not installation.is_ready(NAME)
    uv.fail = None
    assert prepare(NAME, ENVIRONMENT) == ready()


def test_an_interrupted_removal_leaves_no_ready_environment(
    uv: FakeUv, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(NAME, ENVIRONMENT)

    def interrupted(path: Path, ignore_errors: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare(NAME, NEWER)
    assert not installation.is_ready(NAME)


def test_a_failed_installation_names_its_reason_and_leaves_no_folder(uv: FakeUv) -> None:
    uv.fail = UvError("no space left on device")
    unavailable = prepare(NAME, ENVIRONMENT)
    assert isinstance(unavailable, Unavailable)
    assert "no space left on device" in unavailable.reason
    assert "disk" in unavailable.next_step
    assert not installation.folder(NAME).exists()


def test_a_missing_interpreter_comes_with_the_next_step(
    uv: FakeUv, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Missing("3.8", ("PATH", "pyenv"), "Get one.")
    monkeypatch.setattr(interpreters, "find", lambda version, conda_folder: missing)
    unavailable = prepare(NAME, ENVIRONMENT)
    assert unavailable == Unavailable("no Python 3.8 (looked at PATH, pyenv)", "Get one.")
    assert uv.calls == []


def test_an_unfit_lock_makes_the_environment_unavailable_before_a_build(uv: FakeUv) -> None:
    locks.path(NAME).write_text("numpy\n")
    unavailable = prepare(NAME, ENVIRONMENT)
    assert isinstance(unavailable, Unavailable)
    assert "not pinned" in unavailable.reason
    assert unavailable.next_step == f"Run `nox -s lock -- {NAME}`."
    locks.path(NAME).write_text(LOCK.replace("1.19.5", "1.19.4"))
    unavailable = prepare(NAME, ENVIRONMENT)
    assert isinstance(unavailable, Unavailable)
    assert "'numpy==1.19.5'" in unavailable.reason
    locks.path(NAME).unlink()
    assert not installation.is_ready(NAME)
    assert isinstance(prepare(NAME, ENVIRONMENT), Unavailable)
    assert uv.calls == []


def test_a_read_only_folder_of_environments_is_named(
    uv: FakeUv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(installation.PLACE, str(tmp_path / "file" / "environments"))
    unavailable = prepare(NAME, ENVIRONMENT)
    assert isinstance(unavailable, Unavailable)
    assert installation.PLACE in unavailable.next_step


def test_three_threads_build_an_environment_once(
    uv: FakeUv, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*arguments: str) -> str:
        time.sleep(0.05)
        return uv(*arguments)

    monkeypatch.setattr(installation, "uv", slowly)
    environments: list[Ready | Unavailable] = []
    threads = [
        threading.Thread(target=lambda: environments.append(prepare(NAME, ENVIRONMENT)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert environments == [ready()] * 3
    assert uv.builds == 1


def test_the_digest_follows_the_lock(uv: FakeUv) -> None:
    before = installation.lock_sha256(NAME)
    locks.path(NAME).write_text(LOCK + "\n")
    assert len(before) == 64
    assert installation.lock_sha256(NAME) != before


def test_variables_that_could_make_two_runs_differ_are_pinned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    variables = pinning.pinned_variables(ENVIRONMENT)
    pinned = {
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    assert pinned.items() <= variables.items()
    assert set(variables) - set(pinned) == {"PATH", "TF_CPP_MIN_LOG_LEVEL"}


def test_an_environment_adds_its_own_variables() -> None:
    environment = Environment(
        python="3.8", requirements=[], cutoff="", variables={"KERAS_BACKEND": "jax"}
    )
    assert pinning.pinned_variables(environment)["KERAS_BACKEND"] == "jax"


def test_uv_is_found_where_sysconfig_answers_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """`sysconfig` answers None to all but the first of several threads that ask at once."""
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: None)
    assert real_uv("--version").startswith("uv ")
