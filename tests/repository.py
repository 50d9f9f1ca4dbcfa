"""Copies this repository, so that a test can add files and run commands as a user does."""

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

        It can be interrupted even where the tests cannot: background jobs of a shell ignore SIGINT,
        and their processes inherit that.
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
        """Carry out a command; return its output."""
        with self.start(*words) as process:
            output, _ = process.communicate()
        assert process.returncode == status, output
        return output

    def records(self) -> bytes:
        """Return the recorded table of cells."""
        return (self.folder / "results/runs/full/records/cells.csv").read_bytes()

    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(self.records().decode().splitlines(keepends=True)))
