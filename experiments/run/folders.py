"""Finds the folders of runs, and keeps each of them for one process at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from experiments.config.faults import ConfigFaultsError, Fault
from experiments.config.schema import ROOT
from experiments.run.store import Run

RUNS = Path(os.environ.get("KERAS_LOAD_MATRIX_RUNS") or ROOT / "results" / "runs")


def named(name: str) -> Run:
    """Return the run of a name."""
    return Run(RUNS / name)


@contextmanager
def held(run: Run) -> Iterator[None]:
    """Keep a second process out of the run's folder, and remove the temporary files at the end.

    Temporary files at the beginning are those of a run that was killed.
    """
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
        stream = (run.folder / "lock").open("w")
    except OSError as error:
        fix = "Make results/runs a folder that you may write to."
        raise ConfigFaultsError(
            [Fault("results/runs", f"cannot be written to ({error.strerror})", fix)]
        ) from None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fix = "Wait for it to end, or give this run a name of its own: name=NAME"
            raise ConfigFaultsError(
                [Fault(f"results/runs/{run.folder.name}", "another run is at work here", fix)]
            ) from None
        shutil.rmtree(run.temporary, ignore_errors=True)
        try:
            yield
        finally:
            shutil.rmtree(run.temporary, ignore_errors=True)


def set_aside(run: Run) -> None:
    """Rename the replies that a fresh run does not reuse, so that they are kept."""
    replies = run.folder / "replies"
    if replies.exists():
        number = len(list(run.folder.glob("replies.*"))) + 1
        replies.rename(run.folder / f"replies.{number}")
