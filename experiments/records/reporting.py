"""Has a report built from records, in a process of its own.

`report` knows only the files of the suite, not its code.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from experiments.config.schema import ROOT
from experiments.run.store import Run
from results import storage

Say = Callable[[str], None]
NOT_WRITTEN = 1


def build(data: Path, out: Path, module: str = "report") -> int:
    """Have the report of a folder built; a failed build prints its reason. Return its status."""
    command = [sys.executable, "-m", module, "--data", str(data), "--out", str(out)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def of_run(run: Run, say: Say) -> int:
    """Build the report of a run, unless the present report is of the same records and code."""
    stamp = run.folder / "report" / "made-from"
    made_from = storage.digest(run.records / "cells.csv") + _digest_folder(ROOT / "report")
    if stamp.exists() and stamp.read_text() == made_from:
        return 0
    stamp.unlink(missing_ok=True)
    status = build_run(run, "COMPATIBILITY.md", say)
    if not status:
        storage.write_text(stamp, made_from)
    return status


def build_run(run: Run, page: str, say: Say, module: str = "report") -> int:
    """Build the report of a run and print the path of its page; return `NOT_WRITTEN` on failure."""
    out = run.folder / "report"
    if build(run.records, out, module):
        say("There is no report. What was recorded is kept; the same command builds it.")
        return NOT_WRITTEN
    say(f"report: {os.path.relpath(out / page, ROOT)}")
    return 0


def _digest_folder(folder: Path) -> str:
    """Return one sha256 over the sources of a package."""
    sources = sorted([*folder.rglob("*.py"), *folder.rglob("templates/*")])
    digests = "".join(storage.digest(path) for path in sources)
    return hashlib.sha256(digests.encode()).hexdigest()
