"""How do records become a report?

In a process of its own: `report` knows nothing of the suite but its files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from experiments.config.schema import ROOT
from experiments.records import recording
from experiments.run.store import Run
from results import storage

Say = Callable[[str], None]
NOT_WRITTEN = 1


def build(data: Path, out: Path, module: str = "report") -> int:
    """Have the report of a folder built; return 0, or another status once it has said why not."""
    command = [sys.executable, "-m", module, "--data", str(data), "--out", str(out)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def of_run(run: Run, say: Say) -> int:
    """Build the report of a run, unless it is already that of these records."""
    stamp = run.folder / "report" / "made-from"
    made_from = storage.digest(run.records / "cells.csv") + recording.digest_folder(ROOT / "report")
    if stamp.exists() and stamp.read_text() == made_from:
        return 0
    stamp.unlink(missing_ok=True)
    status = build_run(run, "COMPATIBILITY.md", say)
    if not status:
        storage.write_text(stamp, made_from)
    return status


def build_run(run: Run, page: str, say: Say, module: str = "report") -> int:
    """Build the report of a run and say where its page is; `NOT_WRITTEN` if it could not be."""
    out = run.folder / "report"
    if build(run.records, out, module):
        say("There is no report. What was recorded is kept; the same command builds it.")
        return NOT_WRITTEN
    say(f"report: {os.path.relpath(out / page, ROOT)}")
    return 0
