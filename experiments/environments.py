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

from experiments import interpreters, locks, store
from experiments.config import ROOT, Environment
from experiments.interpreters import Interpreter
from experiments.uv import UvError, uv

PLACE = "KERAS_LOAD_MATRIX_ENVIRONMENTS"
"""The variable that moves the environments elsewhere, so that several clones share them."""


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
    """Say whether the environment is built from the lock as it is now."""
    marker = store.read_json(folder(name) / "keras-load-matrix.json")
    return marker == {"lock_sha256": lock_sha256(name)} and python(name).exists()


def prepare(name: str, environment: Environment) -> Ready | Unavailable:
    """Build the environment unless it is ready; say why if it cannot be had."""
    root().mkdir(parents=True, exist_ok=True)
    with (root() / f".{name}.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        if is_ready(name):
            return Ready(python(name))
        found = interpreters.find(environment.python, conda_folder=root())
        if not isinstance(found, Interpreter):
            tried = ", ".join(found.tried)
            return Unavailable(
                f"no Python {environment.python} (looked at {tried})", found.next_step
            )
        try:
            _build(name, environment, found)
        except UvError as error:
            shutil.rmtree(folder(name), ignore_errors=True)
            return Unavailable(
                f"its packages could not be installed: {error}",
                "See that the package index can be reached and that the disk has room.",
            )
        return Ready(python(name))


def _build(name: str, environment: Environment, found: Interpreter) -> None:
    place = folder(name)
    shutil.rmtree(place, ignore_errors=True)
    uv("venv", "--python", str(found.path), "--no-project", str(place))
    # The cut-off also holds for what builds the packages that exist as sources only.
    uv(
        *("pip", "install", "--python", str(python(name)), "--require-hashes", "--no-deps"),
        *("--exclude-newer", environment.cutoff, "--requirements", str(locks.path(name))),
    )
    store.write_json(place / "keras-load-matrix.json", {"lock_sha256": lock_sha256(name)})


def variables(environment: Environment) -> dict[str, str]:
    """Return a worker's whole process environment: what could make two runs differ is pinned.

    The worker's home and temporary folder are added where it is started; nothing is inherited.
    """
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "1",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        **environment.variables,
    }
