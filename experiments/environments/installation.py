"""Build the environment of a release from its lock, and check a built one against the lock.

uv builds one folder per environment, which all stages and runs share. The marker, written last,
holds the lock's digest. A folder that is half built or of another lock is built anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from experiments.config.faults import ConfigFaultsError
from experiments.config.schema import ROOT, Environment
from experiments.environments import interpreters, locks
from experiments.environments.interpreters import Interpreter
from experiments.environments.uv import UvError, uv
from experiments.run import store
from results import storage

PLACE = "KERAS_LOAD_MATRIX_ENVIRONMENTS"
"""The variable that moves the environments elsewhere, so that several clones share them."""

MARKER = "keras-load-matrix.json"
"""The last file to be written into an environment, the first to be removed."""


@dataclass(frozen=True)
class Ready:
    """An environment that was built from its lock."""

    python: Path


@dataclass(frozen=True)
class Unavailable:
    """An environment that cannot be built here: the reason, and the next step."""

    reason: str
    next_step: str


def root() -> Path:
    """Return the folder of all environments."""
    return Path(os.environ.get(PLACE) or ROOT / ".environments")


def folder(name: str) -> Path:
    """Return the folder of one environment."""
    return root() / name


def lock_sha256(name: str) -> str:
    """Return the digest of an environment's lock."""
    return hashlib.sha256(locks.path(name).read_bytes()).hexdigest()


def python(name: str) -> Path:
    """Return the environment's interpreter."""
    return folder(name) / "bin" / "python"


def is_ready(name: str) -> bool:
    """Say whether the environment is built from the lock as it is now, with a sound Python."""
    try:
        marker = store.read_json(folder(name) / MARKER)
        current = marker == {"lock_sha256": lock_sha256(name)} and python(name).exists()
        return current and not interpreters.fault(_patch(name))
    except (OSError, ConfigFaultsError):
        # There is no lock, or another program wrote to the marker.
        return False


def _patch(name: str) -> str:
    """Return the full version of an environment's Python from the file of uv, or an empty text."""
    path = folder(name) / "pyvenv.cfg"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    settings = dict(line.replace(" ", "").split("=", 1) for line in lines if "=" in line)
    return settings.get("version_info", "")


def prepare(name: str, environment: Environment) -> Ready | Unavailable:
    """Build the environment unless it is ready; return the reason if it cannot be built."""
    try:
        root().mkdir(parents=True, exist_ok=True)
        with FileLock(root() / f".{name}.lock"):  # one process builds, a second waits
            if is_ready(name) and _is_of(name, environment.python):
                return Ready(python(name))
            return _built(name, environment)
    except OSError as error:
        # A folder that cannot be written to stops this environment's cells and no others.
        return Unavailable(
            f"it could not be built: {error.strerror or error}",
            f"See that the folder of the environments can be written to; {PLACE} can name another.",
        )


def _is_of(name: str, version: str) -> bool:
    """Say whether the environment is one of this Python, as venv lays it out."""
    return (folder(name) / "lib" / f"python{version}").is_dir()


def _built(name: str, environment: Environment) -> Ready | Unavailable:
    """Build the environment with the first interpreter of its version."""
    for fault in locks.check(locks.path(name), environment):
        return Unavailable(f"its lock is unfit: {fault.problem}", fault.fix)
    interpreter = interpreters.find(environment.python, conda_folder=root())
    if not isinstance(interpreter, Interpreter):
        tried = ", ".join(interpreter.tried)
        reason = f"no Python {environment.python} (looked at {tried})"
        return Unavailable("; ".join([reason, *interpreter.passed_over]), interpreter.next_step)
    try:
        _build(name, environment, interpreter)
    except UvError as error:
        _remove(folder(name))
        return Unavailable(
            f"its packages could not be installed: {error}",
            "See that the package index can be reached and that the disk has room.",
        )
    return Ready(python(name))


def _remove(target: Path) -> None:
    """Remove an environment, its marker first: an interrupted removal leaves no marker."""
    (target / MARKER).unlink(missing_ok=True)
    shutil.rmtree(target, ignore_errors=True)


def _build(name: str, environment: Environment, interpreter: Interpreter) -> None:
    target, digest = folder(name), lock_sha256(name)
    _remove(target)
    uv("venv", "--python", str(interpreter.path), "--no-project", str(target))
    # The cut-off also holds for what builds the packages that exist as sources only.
    uv(
        *("pip", "install", "--python", str(python(name)), "--require-hashes", "--no-deps"),
        *("--exclude-newer", environment.cutoff, "--requirements", str(locks.path(name))),
    )
    storage.write_json(target / MARKER, {"lock_sha256": digest})
