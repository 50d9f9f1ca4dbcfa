"""Does a cell tell what was loaded, also where that is no model, and what kind of refusal it met?

The code is the worker's own, Keras is a fake, and nothing is forked.
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
    """A release that gives back an object without any method."""

    def load_model(self, api: str, path: str, custom_objects: object) -> fakekeras.Model:
        return object()  # type: ignore[return-value]  # as TensorFlow does for folders of others


def answer(release: fakekeras.Release, asked: Request, folder: Path) -> Reply:
    artifact, work = folder / child.KEPT, folder / asked["stage"]
    work.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cell, "find", lambda name: fake_worker.Scenario())
        patch.setattr(cell, "fence", fake_worker.UNFENCED)
        patch.chdir(work)
        reply: Reply = cell.run(release, asked, lambda phase: None, str(artifact))
    return reply


@pytest.mark.parametrize(
    ("release", "outcome", "said"),
    [
        (fakekeras.Release(), "equal", ""),
        (Bare(), "error", "'object' object has no attribute 'predict'"),
    ],
)
def test_what_is_loaded_and_is_no_model_is_an_error_of_the_release(
    tmp_path: Path, release: fakekeras.Release, outcome: str, said: str
) -> None:
    saved = answer(release, request("mlp"), tmp_path)
    assert saved["outcome"] == "saved"
    asked = request("mlp") | {"stage": "load", "api": "load_model"}
    loaded = answer(release, asked, tmp_path)
    assert (loaded["outcome"], loaded["error_message"]) == (outcome, said)
    assert loaded["phase"] == ("predict" if said else "compare")


class ResourceExhaustedError(Exception):
    """Named as TensorFlow names both a full memory and a full disk."""


@pytest.mark.parametrize(
    ("error", "memory"),
    [
        (MemoryError(), True),
        (ResourceExhaustedError("OOM when allocating a tensor"), True),
        (ResourceExhaustedError(f"model/x; {os.strerror(errno.ENOSPC)}"), False),
        (ValueError("OOM"), False),
    ],
)
def test_a_full_disk_is_not_taken_for_a_full_memory(error: Exception, memory: bool) -> None:
    assert blame.is_memory(error) is memory
