"""Where does a run keep what it asked and what it was told?

One folder per run: the composed config, a requests file and a replies file per environment and
stage, artifacts, logs, records. Replies are only ever appended to; everything else is replaced
whole. A line that was cut off by an interruption is passed over and its cell asked for again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.config.faults import ConfigFaultsError, Fault
from results.storage import write_text

Line = dict[str, Any]
MEND = "Move it away, and give the command again that writes it."


@dataclass(frozen=True)
class Run:
    """The folder of one run and the names in it."""

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
        """Where its workers have their homes, and cells their folders; nothing of it is kept.

        It is told by the run's place, so that a run finds what one that was killed has left.
        """
        place = hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"keras-load-matrix-{place}"

    def requests(self, stage: str, environment: str) -> Path:
        """What is outstanding for an environment in a stage."""
        return self.folder / "requests" / stage / f"{environment}.jsonl"

    def replies(self, stage: str, environment: str) -> Path:
        """What an environment answered in a stage, in the order of the answers."""
        return self.folder / "replies" / stage / f"{environment}.jsonl"

    def environment(self, name: str) -> Path:
        """What an environment says of itself, or why it is not to be had."""
        return self.folder / "environments" / f"{name}.json"

    def worker_log(self, stage: str, environment: str) -> Path:
        """The output of a worker outside its cells."""
        return self.folder / "logs" / stage / f"{environment}.log"


def read_json(path: Path) -> Any:
    """Read a JSON file; None if there is none. Raises `ConfigFaultsError` if it is none."""
    try:
        return json.loads(path.read_text("utf-8")) if path.exists() else None
    except ValueError as error:
        what = f"is not what was written there: {error}"
        raise ConfigFaultsError([Fault(str(path), what, MEND)]) from None


def write_lines(path: Path, lines: Iterable[Line]) -> None:
    """Write JSON lines, whole or not at all."""
    write_text(path, "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines))


def read_lines(path: Path) -> Iterator[Line]:
    """Read JSON lines that are objects with an id, passing over what is not."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for raw in stream:
            try:
                line = json.loads(raw)
            except ValueError:
                continue
            if isinstance(line, dict) and isinstance(line.get("id"), str):
                yield line


def append_lines(path: Path, lines: Iterable[Line]) -> None:
    """Append JSON lines, ending a line that an interruption cut off before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as stream:
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                stream.write(b"\n")
        for line in lines:
            stream.write(json.dumps(line, sort_keys=True).encode() + b"\n")


def latest(path: Path) -> dict[str, Line]:
    """Return the last reply to each id; what has no outcome is none."""
    return {line["id"]: line for line in read_lines(path) if isinstance(line.get("outcome"), str)}
