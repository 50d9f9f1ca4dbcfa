"""Find a Python of a version on this machine, or have uv or a conda install it.

The search goes through PATH, pyenv's root, uv, and conda, mamba or micromamba. Each candidate is
executed, because pyenv's shims stand on PATH for versions that they refuse to run. An interpreter
whose known fault changes the outcome of loads is passed over.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filelock import FileLock

from experiments.environments.uv import UvError, shortened, uv

FAULTS = {
    "3.13.0": (
        "two members of a stored zip that are read at once give wrong bytes, and a .keras file is "
        "such a zip: https://github.com/python/cpython/issues/127847"
    ),
}
"""Interpreters that are passed over, and why. A release that is mended is another version, so that
an entry can stay."""

CONDAS = ("micromamba", "mamba", "conda")
CHANNEL = ("--override-channels", "--channel", "conda-forge")
"""Where a conda takes an interpreter from: micromamba knows no channel of its own."""

# The wheels of TensorFlow are for CPython with its lock: no PyPy, and no "3.13t".
PROBE = """\
import sys
flags = getattr(sys, "abiflags", "").strip("dm")
minor = "%d.%d" % sys.version_info[:2] + flags
print(sys.implementation.name, minor, "%d.%d.%d" % sys.version_info[:3], sys.executable)
"""


class RefusedError(Exception):
    """Raised when a tool installs no interpreter; the text is its complaint."""


@dataclass(frozen=True)
class Interpreter:
    """A Python that ran."""

    path: Path
    version: str
    origin: str


@dataclass(frozen=True)
class Missing:
    """The absence of a Python; `next_step` says how to get it.

    `passed_over` are the complaints about faulty interpreters of this version.
    """

    version: str
    tried: tuple[str, ...]
    next_step: str
    passed_over: tuple[str, ...] = ()


class FaultyError(Exception):
    """Raised for an interpreter with a known fault; the text is the version and the fault."""


Source = tuple[str, Callable[[str], Iterator[Path]]]


def find(version: str, conda_folder: Path | None = None) -> Interpreter | Missing:
    """Return the first interpreter of `version` ("3.8") that runs.

    With `conda_folder` one may be made there by conda, mamba or micromamba, and uv may download
    one; without it nothing is changed on the machine.
    """
    tried, faulty = [], dict[str, None]()
    for origin, candidates in _sources(conda_folder):
        try:
            for candidate in candidates(version):
                try:
                    real = verify(candidate, version)
                except FaultyError as error:
                    faulty[str(error)] = None
                    continue
                if real is not None:
                    return Interpreter(real, version, origin)
            tried.append(origin)
        except RefusedError as error:
            tried.append(f"{origin}: {error}")
    return Missing(version, tuple(tried), next_step(version), tuple(faulty))


def fault(patch: str) -> str:
    """Return the known fault of a version ("3.13.0"), or an empty text."""
    return FAULTS.get(patch, "")


def verify(candidate: Path, version: str) -> Path | None:
    """Execute a candidate; return its own path if it is a CPython of this version.

    Raises `FaultyError` for one with a known fault.
    """
    try:
        answer = subprocess.run(
            [candidate, "-I", "-c", PROBE], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    words = answer.stdout.split(maxsplit=3)
    if answer.returncode or words[:2] != ["cpython", version] or len(words) != 4:
        return None
    if fault(words[2]):
        raise FaultyError(passed_over(words[2]))
    return Path(words[3].strip())


def passed_over(patch: str) -> str:
    """Say of a faulty version that it is passed over, and why."""
    return f"Python {patch} is passed over: {fault(patch)}"


def promised(version: str) -> str:
    """Name the tool that will install a missing Python, or return an empty text."""
    if _offered(version):
        return "uv will download it"
    tool = _conda()
    return f"{tool.name} will install it" if tool else ""


def next_step(version: str) -> str:
    """Say how to get a Python of this version."""
    conda = f"micromamba create -n python{version} -c conda-forge python={version}"
    ways = [f"pyenv install {version}", conda]
    if _offered(version):
        ways.insert(0, f"uv python install {version}")
    return "Get one with " + " or ".join(f"`{way}`" for way in ways) + ", then run this again."


def _sources(conda_folder: Path | None) -> Iterator[Source]:
    yield "PATH", _on_path
    yield "pyenv", _pyenv
    yield "uv", _uv
    yield "conda", _conda_environments
    if conda_folder is not None:
        yield "uv, downloaded", _uv_download
        yield "conda, created", partial(_conda_create, folder=conda_folder)


def _on_path(version: str) -> Iterator[Path]:
    """Look into every folder of PATH: a shim that refuses may hide a Python that runs."""
    for name in (f"python{version}", "python3", "python"):
        for folder in os.get_exec_path():
            found = shutil.which(name, path=folder)
            if found:
                yield Path(found)


def _pyenv(version: str) -> Iterator[Path]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(root.glob(f"versions/{version}.*/bin/python"), reverse=True)


def _sound(version: str) -> str:
    """Ask for a version as uv understands it, without the faulty ones."""
    major, minor = version.split(".")
    without = [f"!={patch}" for patch in FAULTS if patch.startswith(f"{version}.")]
    return (
        ",".join([f">={version}", f"<{major}.{int(minor) + 1}", *without]) if without else version
    )


def _uv(version: str) -> Iterator[Path]:
    words = ("python", "find", _sound(version), "--no-project", "--system", "--no-python-downloads")
    try:
        yield Path(uv(*words))
    except UvError:
        return


def _offered(version: str) -> bool:
    """Say whether uv has a CPython of this version to download."""
    try:
        return "cpython-" in uv("python", "list", version, "--only-downloads")
    except UvError:
        return False


def _uv_download(version: str) -> Iterator[Path]:
    if not _offered(version):
        return
    try:
        # Not onto PATH: what the suite needs is no reason to change what the user's shell finds.
        uv("python", "install", _sound(version), "--no-bin")
    except UvError as error:
        raise RefusedError(str(error)) from None
    yield from _uv(version)


def _conda() -> Path | None:
    """Return the first of the condas that is on PATH."""
    found = (shutil.which(name) for name in CONDAS)
    return next((Path(path) for path in found if path), None)


def _conda_environments(version: str) -> Iterator[Path]:
    """Look through the environments that a conda of any kind knows."""
    del version
    for name in CONDAS:
        tool = shutil.which(name)
        if not tool:
            continue
        words = [tool, "env", "list", "--json"]
        answer = subprocess.run(words, capture_output=True, text=True, check=False)
        try:
            folders = [Path(folder) for folder in json.loads(answer.stdout)["envs"]]
        except (ValueError, KeyError, TypeError):
            continue
        yield from (folder / "bin" / "python" for folder in folders)


def _conda_create(version: str, folder: Path) -> Iterator[Path]:
    """Make an environment of the bare interpreter, the only way to old ones on some machines."""
    tool, target = _conda(), folder / f"python-{version}"
    if tool is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    # Two releases that need the same Python may be prepared side by side.
    with FileLock(folder / f".{target.name}.lock"):
        if verify(target / "bin" / "python", version) is None:
            shutil.rmtree(target, ignore_errors=True)
            words = ["create", "--yes", "--quiet", *CHANNEL, "--prefix", str(target)]
            answer = subprocess.run(
                [tool, *words, f"python={version}"], capture_output=True, text=True, check=False
            )
            if answer.returncode:
                raise RefusedError(shortened(answer.stderr))
    yield target / "bin" / "python"
