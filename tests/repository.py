"""A copy of this repository in which files can be added and commands run as a user runs them."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from experiments.config.schema import ROOT
from experiments.environments import installation

PARTS = ("configs", "experiments", "results", "report")


class Copy:
    """The repository's configs and code; environments are those of the original."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in PARTS:
            ignored = shutil.ignore_patterns("*.pyc", "runs", "published")
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        self.variables = {**os.environ, installation.PLACE: str(installation.root())}

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command of the suite, as nox does.

        It can be interrupted even where the tests cannot: a shell has its background jobs ignore
        SIGINT, and what ignores a signal hands that down.
        """
        return subprocess.Popen(
            [sys.executable, "-m", "experiments", *words],
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *words: str, status: int = 0) -> str:
        """Carry out a command; return what it said."""
        with self.start(*words) as process:
            said, _ = process.communicate()
        assert process.returncode == status, said
        return said

    def records(self) -> bytes:
        """Return the cells that were recorded."""
        return (self.folder / "results/runs/full/records/cells.csv").read_bytes()

    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(self.records().decode().splitlines(keepends=True)))
