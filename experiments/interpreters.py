"""Where is a Python of this version on this machine, and how can it be had if there is none?

Looked for on PATH, under pyenv's root, through uv, and through conda, mamba or micromamba. Each
candidate is executed before it is believed: pyenv's shims stand on PATH for versions that they then
refuse to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from experiments.uv import UvError, uv

CONDAS = ("micromamba", "mamba", "conda")
PROBE = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"


@dataclass(frozen=True)
class Interpreter:
    """A Python that was seen to run."""

    path: Path
    version: str
    origin: str


@dataclass(frozen=True)
class Missing:
    """No Python of that version was found; `next_step` says how to get one."""

    version: str
    tried: tuple[str, ...]
    next_step: str


def find(version: str, conda_folder: Path | None = None) -> Interpreter | Missing:
    """Return the first interpreter of `version` ("3.8") that runs.

    With `conda_folder` one may be made there by conda, mamba or micromamba, and uv may download
    one; without it nothing is changed on the machine.
    """
    sources: list[tuple[str, Callable[[], Iterator[Path]]]] = [
        ("PATH", lambda: _on_path(version)),
        ("pyenv", lambda: _pyenv(version)),
        ("uv", lambda: _uv(version, download=False)),
        ("conda", lambda: _conda(version)),
    ]
    if conda_folder is not None:
        sources.append(("uv, downloaded", lambda: _uv(version, download=True)))
        sources.append(("conda, created", lambda: _conda_create(version, conda_folder)))
    for origin, candidates in sources:
        for candidate in candidates():
            real = verify(candidate, version)
            if real is not None:
                return Interpreter(real, version, origin)
    return Missing(version, tuple(origin for origin, _ in sources), next_step(version))


def verify(candidate: Path, version: str) -> Path | None:
    """Execute a candidate; return its own path if it is a Python of this version."""
    try:
        answer = subprocess.run(
            [candidate, "-I", "-c", PROBE], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = answer.stdout.split(maxsplit=1)
    if answer.returncode or len(words) != 2 or words[0] != version:
        return None
    return Path(words[1].strip())


def next_step(version: str) -> str:
    """Say how to get a Python of this version."""
    ways = [f"pyenv install {version}", f"micromamba create -n python{version} python={version}"]
    if int(version.partition(".")[2]) >= 9:
        ways.insert(0, f"uv python install {version}")
    return "Get one with " + " or ".join(f"`{way}`" for way in ways) + ", then run this again."


def _on_path(version: str) -> Iterator[Path]:
    for name in (f"python{version}", "python3", "python"):
        found = shutil.which(name)
        if found:
            yield Path(found)


def _pyenv(version: str) -> Iterator[Path]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(root.glob(f"versions/{version}.*/bin/python"), reverse=True)


def _uv(version: str, download: bool) -> Iterator[Path]:
    words = ["python", "find", version, "--no-project", "--system"]
    try:
        if download:
            uv("python", "install", version)
        yield Path(uv(*words, "--no-python-downloads"))
    except UvError:
        return


def _conda(version: str) -> Iterator[Path]:
    """Look through the environments that a conda of any kind knows."""
    del version
    for name in CONDAS:
        tool = shutil.which(name)
        if not tool:
            continue
        answer = subprocess.run([tool, "env", "list"], capture_output=True, text=True, check=False)
        for line in answer.stdout.splitlines():
            folder = Path(line.split()[-1]) if line.strip() and "/" in line else None
            if folder is not None and (folder / "bin" / "python").exists():
                yield folder / "bin" / "python"


def _conda_create(version: str, folder: Path) -> Iterator[Path]:
    """Make an environment of the bare interpreter, the only way to old ones on some machines."""
    for name in CONDAS:
        tool = shutil.which(name)
        if not tool:
            continue
        target = folder / f"python-{version}"
        subprocess.run(
            [tool, "create", "--yes", "--quiet", "--prefix", target, f"python={version}"],
            capture_output=True,
            check=False,
        )
        if (target / "bin" / "python").exists():
            yield target / "bin" / "python"
            return
