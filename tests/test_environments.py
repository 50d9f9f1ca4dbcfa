"""Is an environment taken for whole only when it is, and does a worker inherit nothing?"""

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
    """A uv that makes folders; `fail` is called after the venv is made."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.fail: BaseException | None = None

    def __call__(self, *arguments: str) -> str:
        self.calls.append(arguments)
        if arguments[0] == "venv":
            place, version = Path(arguments[-1]), arguments[arguments.index("--python") + 1]
            (place / "lib" / version).mkdir(parents=True)
            (place / "bin").mkdir()
            (place / "bin" / "python").touch()
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


def test_it_is_built_from_the_lock_alone_under_the_cutoff(uv: FakeUv) -> None:
    assert prepare(NAME, ENVIRONMENT) == ready()
    install = uv.calls[-1]
    assert {"--require-hashes", "--no-deps"} < set(install)
    assert install[install.index("--exclude-newer") + 1] == "2021-11-15"
    assert install[install.index("--requirements") + 1] == str(locks.path(NAME))


def test_it_is_built_anew_where_its_python_has_a_known_fault(uv: FakeUv) -> None:
    prepare(NAME, ENVIRONMENT)
    settings = installation.folder(NAME) / "pyvenv.cfg"
    settings.write_text("home = /usr/bin\nversion_info = 3.13.1\n")
    assert prepare(NAME, ENVIRONMENT) == ready()
    assert uv.builds == 1
    settings.write_text("home = /usr/bin\nversion_info = 3.13.0\n")
    assert not installation.is_ready(NAME)
    prepare(NAME, ENVIRONMENT)
    assert uv.builds == 2


def test_it_is_used_again_while_its_lock_is_unchanged(uv: FakeUv) -> None:
    prepare(NAME, ENVIRONMENT)
    assert prepare(NAME, ENVIRONMENT) == ready()
    assert uv.builds == 1


def test_another_lock_or_another_python_builds_it_anew(uv: FakeUv) -> None:
    prepare(NAME, ENVIRONMENT)
    locks.path(NAME).write_text(LOCK + LOCK.replace("numpy==1.19.5", "six==1.15.0"))
    assert not installation.is_ready(NAME)
    prepare(NAME, ENVIRONMENT)
    assert uv.builds == 2
    prepare(NAME, NEWER)
    assert uv.builds == 3


@pytest.mark.parametrize("marker", [None, "", "{", "null", '{"lock_sha256": "of another"}'])
def test_a_half_built_one_is_built_anew(uv: FakeUv, marker: str | None) -> None:
    prepare(NAME, ENVIRONMENT)
    place = installation.folder(NAME)
    (place / installation.MARKER).unlink()
    (place / "left over").touch()
    if marker is not None:
        (place / installation.MARKER).write_text(marker)
    assert not installation.is_ready(NAME)
    assert prepare(NAME, ENVIRONMENT) == ready()
    assert uv.builds == 2
    assert not (place / "left over").exists()


def test_one_whose_python_is_gone_is_built_anew(uv: FakeUv) -> None:
    prepare(NAME, ENVIRONMENT)
    installation.python(NAME).unlink()
    assert prepare(NAME, ENVIRONMENT) == ready()
    assert uv.builds == 2


def test_an_interrupted_build_is_not_taken_for_whole(uv: FakeUv) -> None:
    uv.fail = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        prepare(NAME, ENVIRONMENT)
    assert installation.folder(NAME).exists()
    assert not installation.is_ready(NAME)
    uv.fail = None
    assert prepare(NAME, ENVIRONMENT) == ready()


def test_an_interrupted_removal_is_not_taken_for_whole(
    uv: FakeUv, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(NAME, ENVIRONMENT)

    def interrupted(place: Path, ignore_errors: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare(NAME, NEWER)
    assert not installation.is_ready(NAME)


def test_a_failed_installation_is_told_and_leaves_nothing(uv: FakeUv) -> None:
    uv.fail = UvError("no space left on device")
    found = prepare(NAME, ENVIRONMENT)
    assert isinstance(found, Unavailable)
    assert "no space left on device" in found.reason
    assert "disk" in found.next_step
    assert not installation.folder(NAME).exists()


def test_a_missing_interpreter_is_told_with_the_next_step(
    uv: FakeUv, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Missing("3.8", ("PATH", "pyenv"), "Get one.")
    monkeypatch.setattr(interpreters, "find", lambda version, conda_folder: missing)
    found = prepare(NAME, ENVIRONMENT)
    assert found == Unavailable("no Python 3.8 (looked at PATH, pyenv)", "Get one.")
    assert uv.calls == []


def test_an_unfit_lock_is_told_before_anything_is_built(uv: FakeUv) -> None:
    locks.path(NAME).write_text("numpy\n")
    found = prepare(NAME, ENVIRONMENT)
    assert isinstance(found, Unavailable)
    assert "not pinned" in found.reason
    assert found.next_step == f"Run `nox -s lock -- {NAME}`."
    locks.path(NAME).write_text(LOCK.replace("1.19.5", "1.19.4"))
    found = prepare(NAME, ENVIRONMENT)
    assert isinstance(found, Unavailable)
    assert "'numpy==1.19.5'" in found.reason
    locks.path(NAME).unlink()
    assert not installation.is_ready(NAME)
    assert isinstance(prepare(NAME, ENVIRONMENT), Unavailable)
    assert uv.calls == []


def test_a_place_that_cannot_be_written_to_is_told(
    uv: FakeUv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(installation.PLACE, str(tmp_path / "file" / "environments"))
    found = prepare(NAME, ENVIRONMENT)
    assert isinstance(found, Unavailable)
    assert installation.PLACE in found.next_step


def test_two_at_once_build_it_once(uv: FakeUv, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(*arguments: str) -> str:
        time.sleep(0.05)
        return uv(*arguments)

    monkeypatch.setattr(installation, "uv", slowly)
    found: list[Ready | Unavailable] = []
    threads = [
        threading.Thread(target=lambda: found.append(prepare(NAME, ENVIRONMENT))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [ready()] * 3
    assert uv.builds == 1


def test_the_digest_is_that_of_the_lock(uv: FakeUv) -> None:
    before = installation.lock_sha256(NAME)
    locks.path(NAME).write_text(LOCK + "\n")
    assert len(before) == 64
    assert installation.lock_sha256(NAME) != before


def test_what_could_make_two_runs_differ_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    found = pinning.pinned_variables(ENVIRONMENT)
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
    assert pinned.items() <= found.items()
    assert set(found) - set(pinned) == {"PATH", "TF_CPP_MIN_LOG_LEVEL"}


def test_an_environment_adds_its_own_variables() -> None:
    own = Environment(python="3.8", requirements=[], cutoff="", variables={"KERAS_BACKEND": "jax"})
    assert pinning.pinned_variables(own)["KERAS_BACKEND"] == "jax"


def test_uv_is_found_where_sysconfig_answers_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does to all but the first of the threads that ask it first."""
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: None)
    assert real_uv("--version").startswith("uv ")
