"""Where is the environment of a release, and is it as its lock says?

One folder per release, shared by all stages and runs, built by uv from the lock alone. A marker
that is written last holds the lock's digest: a half-built folder, or one of another lock, is built
anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

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
    """An environment that is as its lock says."""

    python: Path


@dataclass(frozen=True)
class Unavailable:
    """An environment that cannot be had here: why, and what to do about it."""

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
        whole = marker == {"lock_sha256": lock_sha256(name)} and python(name).exists()
        return whole and not interpreters.fault(_patch(name))
    except (OSError, ConfigFaultsError):
        # No lock, or a marker that something else wrote to: not what can be worked with.
        return False


def _patch(name: str) -> str:
    """Return the whole version of an environment's Python, as uv wrote it down; empty if not."""
    path = folder(name) / "pyvenv.cfg"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    settings = dict(line.replace(" ", "").split("=", 1) for line in lines if "=" in line)
    return settings.get("version_info", "")


def prepare(name: str, environment: Environment) -> Ready | Unavailable:
    """Build the environment unless it is ready; say why if it cannot be had."""
    try:
        root().mkdir(parents=True, exist_ok=True)
        with (root() / f".{name}.lock").open("w") as stream:
            # One process builds, a second waits and finds it built.
            fcntl.flock(stream, fcntl.LOCK_EX)
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
    """Build the environment with whatever interpreter there is for it."""
    for fault in locks.check(locks.path(name), environment):
        return Unavailable(f"its lock is unfit: {fault.what}", fault.fix)
    found = interpreters.find(environment.python, conda_folder=root())
    if not isinstance(found, Interpreter):
        tried = ", ".join(found.tried)
        reason = f"no Python {environment.python} (looked at {tried})"
        return Unavailable("; ".join([reason, *found.passed_over]), found.next_step)
    try:
        _build(name, environment, found)
    except UvError as error:
        _remove(folder(name))
        return Unavailable(
            f"its packages could not be installed: {error}",
            "See that the package index can be reached and that the disk has room.",
        )
    return Ready(python(name))


def _remove(place: Path) -> None:
    """Remove an environment; one that is half removed must not be taken for whole either."""
    (place / MARKER).unlink(missing_ok=True)
    shutil.rmtree(place, ignore_errors=True)


def _build(name: str, environment: Environment, found: Interpreter) -> None:
    place, digest = folder(name), lock_sha256(name)
    _remove(place)
    uv("venv", "--python", str(found.path), "--no-project", str(place))
    # The cut-off also holds for what builds the packages that exist as sources only.
    uv(
        *("pip", "install", "--python", str(python(name)), "--require-hashes", "--no-deps"),
        *("--exclude-newer", environment.cutoff, "--requirements", str(locks.path(name))),
    )
    storage.write_json(place / MARKER, {"lock_sha256": digest})
