"""Does a cell report a loaded object that is no model, and tell a full disk from full memory?

The code is the worker's, Keras is a fake, and no process is forked.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import fake_worker
import fakekeras
import pytest
from support import request

from experiments.run.protocol import Reply, Request
from experiments.worker import blame, cell, child


class Bare(fakekeras.Release):
    """A release whose load returns an object without any method."""

    def load_model(self, api: str, path: str, custom_objects: object) -> fakekeras.Model:
        return object()  # type: ignore[return-value]  # as TensorFlow does for folders of others


def answer(release: fakekeras.Release, sent: Request, folder: Path) -> Reply:
    artifact, work = folder / child.KEPT, folder / sent["stage"]
    work.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cell, "find", lambda name: fake_worker.Scenario())
        patch.setattr(cell, "fence", fake_worker.UNFENCED)
        patch.chdir(work)
        reply: Reply = cell.run(release, sent, lambda phase: None, str(artifact))
    return reply


@pytest.mark.parametrize(
    ("release", "outcome", "message"),
    [
        (fakekeras.Release(), "equal", ""),
        (Bare(), "error", "'object' object has no attribute 'predict'"),
    ],
)
def test_a_loaded_object_that_is_no_model_is_an_error_of_the_release(
    tmp_path: Path, release: fakekeras.Release, outcome: str, message: str
) -> None:
    saved = answer(release, request("mlp"), tmp_path)
    assert saved["outcome"] == "saved"
    load = request("mlp") | {"stage": "load", "api": "load_model"}
    loaded = answer(release, load, tmp_path)
    assert (loaded["outcome"], loaded["error_message"]) == (outcome, message)
    assert loaded["phase"] == ("predict" if message else "compare")


class ResourceExhaustedError(Exception):
    """The name by which TensorFlow reports both full memory and a full disk."""


@pytest.mark.parametrize(
    ("error", "memory"),
    [
        (MemoryError(), True),
        (ResourceExhaustedError("OOM when allocating a tensor"), True),
        (ResourceExhaustedError(f"model/x; {os.strerror(errno.ENOSPC)}"), False),
        (ValueError("OOM"), False),
    ],
)
def test_a_full_disk_is_no_full_memory(error: Exception, memory: bool) -> None:
    assert blame.is_memory(error) is memory
