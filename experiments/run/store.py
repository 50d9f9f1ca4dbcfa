"""Keeps the files of a run: requests, replies, artifacts, logs and records in one folder.

Each environment has a requests file and a replies file for each stage. The suite appends to replies
and replaces every other file whole. It passes over a line that an interruption cut off, and repeats
the cell.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.config.faults import ConfigFaultsError, Fault
from results.storage import write_text

Line = dict[str, Any]
NEXT_STEP = "Move it away, and give the command again that writes it."


@dataclass(frozen=True)
class Run:
    """The folder of one run, and the paths in it."""

    folder: Path

    @property
    def config(self) -> Path:
        """The composed config, as JSON."""
        return self.folder / "config.json"

    @property
    def records(self) -> Path:
        """The folder of the files of the data contract."""
        return self.folder / "records"

    @property
    def temporary(self) -> Path:
        """The temporary folder for the homes of workers and the folders of cells.

        Its name is derived from the run's path, so the next run finds and removes the temporary
        files of a run that was killed.
        """
        digest = hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"keras-load-matrix-{digest}"

    def requests(self, stage: str, environment: str) -> Path:
        """The outstanding requests of an environment in a stage."""
        return self.folder / "requests" / stage / f"{environment}.jsonl"

    def replies(self, stage: str, environment: str) -> Path:
        """The replies of an environment in a stage, in the order in which it gave them."""
        return self.folder / "replies" / stage / f"{environment}.jsonl"

    def environment(self, name: str) -> Path:
        """The description of an environment, or the reason why it is unavailable."""
        return self.folder / "environments" / f"{name}.json"

    def worker_log(self, stage: str, environment: str) -> Path:
        """The output of a worker outside its cells."""
        return self.folder / "logs" / stage / f"{environment}.log"


def read_json(path: Path) -> Any:
    """Return the content of a JSON file, None if it is missing.

    Raises `ConfigFaultsError` if the file is no JSON.
    """
    try:
        return json.loads(path.read_text("utf-8")) if path.exists() else None
    except ValueError as error:
        fault = f"is not what was written there: {error}"
        raise ConfigFaultsError([Fault(str(path), fault, NEXT_STEP)]) from None


def write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON lines, whole or not at all."""
    write_text(path, "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines))


def read_line(raw: bytes) -> Line:
    """Return the JSON object of one line; {} for anything else."""
    try:
        line = json.loads(raw)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def numbered_lines(path: Path) -> Iterator[tuple[int, Line]]:
    """Yield the JSON lines that are objects with an id, each with its number in the file."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, 1):
            line = read_line(raw)
            if isinstance(line.get("id"), str):
                yield number, line


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the JSON lines that are objects with an id, and pass over all others."""
    return (line for _, line in numbered_lines(path))


def append_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Append JSON lines, and first end a line that an interruption cut off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as stream:
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                stream.write(b"\n")
        for line in lines:
            stream.write(json.dumps(line, sort_keys=True).encode() + b"\n")


@contextmanager
def period(run: Run, identity: str, cells: int) -> Iterator[None]:
    """Record when the work inside began and ended, for the provenance of the run."""
    start = time.time()
    try:
        yield
    finally:
        line = {"id": identity, "start": start, "end": time.time(), "cells": cells}
        append_lines(run.folder / "periods.jsonl", [line])


def latest(path: Path) -> dict[str, Line]:
    """Return the last line with an outcome for each id."""
    return {line["id"]: line for line in read_lines(path) if isinstance(line.get("outcome"), str)}
