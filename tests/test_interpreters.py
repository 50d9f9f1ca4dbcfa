"""Is a Python accepted only when it runs, and does a missing Python come with the next step?"""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.environments import interpreters
from experiments.environments.interpreters import Interpreter, Missing, find, verify
from experiments.environments.uv import UvError


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Hide all Pythons of the machine but those that a test adds; return the calls of uv."""
    calls: list[tuple[str, ...]] = []

    def uv(*arguments: str) -> str:
        calls.append(arguments)
        if arguments[:2] == ("python", "list"):
            return "cpython-3.9.25-linux-x86_64-gnu" if arguments[2] == "3.9" else ""
        raise UvError("no such thing")

    monkeypatch.setattr(interpreters, "uv", uv)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return calls


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def python(path: Path, version: str, implementation: str = "cpython") -> Path:
    """Write a program that answers like a Python of that version; return its path."""
    patch = version if version.count(".") == 2 else f"{version}.9"
    minor = patch.rpartition(".")[0]
    return script(path, f'echo {implementation} {minor} {patch} "$0"')


def test_a_python_on_path_is_found(tmp_path: Path) -> None:
    path = python(tmp_path / "path" / "python3.8", "3.8")
    assert find("3.8") == Interpreter(path, "3.8", "PATH")


def test_a_plain_python3_of_the_version_is_found(tmp_path: Path) -> None:
    path = python(tmp_path / "path" / "python3", "3.8")
    assert find("3.8") == Interpreter(path, "3.8", "PATH")


@pytest.mark.parametrize(
    "body",
    [
        "echo 'pyenv: python3.8: command not found' >&2; exit 127",
        "echo cpython 3.8 3.8.9 /usr/bin/python3.8; exit 1",
        "echo cpython 3.9 3.9.9 /usr/bin/python3.9",
        "echo cpython 3.8t 3.8.9 /usr/bin/python3.8t",
        "echo pypy 3.8 3.8.9 /usr/bin/pypy3.8",
        "echo cpython 3.8 3.8.9",
        "exit 0",
        "kill -SEGV $$",
    ],
    ids=["shim", "fails", "other", "free-threaded", "pypy", "no-path", "silent", "crashes"],
)
def test_a_program_with_a_wrong_answer_is_passed_over(tmp_path: Path, body: str) -> None:
    script(tmp_path / "path" / "python3.8", body)
    path = python(tmp_path / "pyenv" / "versions" / "3.8.18" / "bin" / "python", "3.8")
    assert find("3.8") == Interpreter(path, "3.8", "pyenv")


def test_a_shim_does_not_hide_a_python_further_down_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'path'}")
    script(tmp_path / "shims" / "python3.8", "exit 127")
    path = python(tmp_path / "path" / "python3.8", "3.8")
    assert find("3.8") == Interpreter(path, "3.8", "PATH")


def test_a_file_that_is_no_program_is_passed_over(tmp_path: Path) -> None:
    for content in (b"\x7fELF nothing", b""):
        path = tmp_path / "python3.8"
        path.write_bytes(content)
        path.chmod(0o755)
        assert verify(path, "3.8") is None
    assert verify(tmp_path / "nowhere", "3.8") is None


def test_pyenv_is_looked_for_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYENV_ROOT")
    monkeypatch.setenv("HOME", str(tmp_path))
    path = python(tmp_path / ".pyenv" / "versions" / "3.7.16" / "bin" / "python", "3.7")
    assert find("3.7") == Interpreter(path, "3.7", "pyenv")


def test_an_environment_of_conda_is_found(tmp_path: Path) -> None:
    path = python(tmp_path / "conda environments" / "old" / "bin" / "python", "3.7")
    folder = path.parent.parent
    script(tmp_path / "path" / "mamba", f"""echo '{{"envs": ["/nowhere", "{folder}"]}}'""")
    assert find("3.7") == Interpreter(path, "3.7", "conda")


@pytest.mark.parametrize("words", ["no JSON", "[]", '{"envs": null}', '{"envs": [1]}'])
def test_a_conda_with_a_wrong_answer_is_passed_over(tmp_path: Path, words: str) -> None:
    script(tmp_path / "path" / "conda", f"echo '{words}'")
    assert isinstance(find("3.7"), Missing)


def test_conda_makes_a_python_as_the_last_resort(tmp_path: Path) -> None:
    answer = """echo "#!/bin/sh
echo cpython 3.7 3.7.9 \\$0" > "$prefix/bin/python"; /bin/chmod +x "$prefix/bin/python" """
    create = f"""[ "$1" = create ] || exit 0
for word; do [ "$last" = --prefix ] && prefix=$word; last=$word; done
[ "$last" = python=3.7 ] || exit 1
/bin/mkdir -p "$prefix/bin"; echo made >> "{tmp_path}/made"; {answer}"""
    script(tmp_path / "path" / "micromamba", create)
    assert isinstance(find("3.7"), Missing)
    folder = tmp_path / "environments"
    path = folder / "python-3.7" / "bin" / "python"
    for _ in range(2):
        assert find("3.7", folder) == Interpreter(path, "3.7", "conda, created")
    assert (tmp_path / "made").read_text() == "made\n"


def test_the_error_of_conda_is_shown(tmp_path: Path) -> None:
    refusal = 'case "$1" in create) echo "no channel" >&2; exit 1;; esac'
    script(tmp_path / "path" / "conda", refusal)
    missing = find("3.7", tmp_path / "environments")
    assert isinstance(missing, Missing)
    assert missing.tried[-1] == "conda, created: no channel"


def test_uv_downloads_only_where_it_may(tmp_path: Path, bare: list[tuple[str, ...]]) -> None:
    find("3.9")
    assert not [call for call in bare if "install" in call]
    missing = find("3.9", tmp_path)
    assert ("python", "install", "3.9", "--no-bin") in bare
    assert isinstance(missing, Missing)
    assert "uv, downloaded: no such thing" in missing.tried


def test_a_python_with_a_known_fault_is_passed_over_with_the_reason(tmp_path: Path) -> None:
    python(tmp_path / "path" / "python3.13", "3.13.0")
    missing = find("3.13")
    assert isinstance(missing, Missing)
    (reason,) = missing.passed_over
    assert reason.startswith("Python 3.13.0 is passed over: ")
    assert "python/cpython/issues/127847" in reason
    path = python(tmp_path / "pyenv" / "versions" / "3.13.1" / "bin" / "python", "3.13.1")
    assert find("3.13") == Interpreter(path, "3.13", "pyenv")


def test_uv_is_not_asked_for_a_faulty_python(tmp_path: Path, bare: list[tuple[str, ...]]) -> None:
    find("3.13")
    assert ("python", "find", ">=3.13,<3.14,!=3.13.0") in [call[:3] for call in bare]


def test_a_missing_python_comes_with_a_next_step() -> None:
    missing = find("3.7")
    assert isinstance(missing, Missing)
    assert (missing.version, missing.tried) == ("3.7", ("PATH", "pyenv", "uv", "conda"))
    assert "`pyenv install 3.7`" in missing.next_step
    assert "micromamba create" in missing.next_step
    assert "uv python install" not in missing.next_step
    assert "`uv python install 3.9`" in interpreters.next_step("3.9")


def test_the_source_of_a_missing_python_is_promised(tmp_path: Path) -> None:
    assert interpreters.promised("3.9") == "uv will download it"
    assert interpreters.promised("3.7") == ""
    script(tmp_path / "path" / "mamba", "exit 0")
    assert interpreters.promised("3.7") == "mamba will install it"
