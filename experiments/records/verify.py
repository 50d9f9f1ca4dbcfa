"""Runs the standalone scripts of published cells and compares their rows with the published rows.

`uv run` runs each script in an environment that uv makes for it. Rows are compared column by
column.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from rich.console import Console

from experiments.config import compose, matrix
from experiments.config.faults import ConfigFaultsError, Fault, nearest
from experiments.config.matrix import Cell
from experiments.config.schema import Config
from experiments.environments import interpreters
from experiments.environments.interpreters import Interpreter
from experiments.environments.uv import UV, shortened
from experiments.records import publish, scripts
from experiments.records.rows import Recorder
from experiments.run import store
from experiments.run.protocol import Reply
from results import repro, storage
from results.contract.columns import Row

SAMPLE, SEED = 12, 1
"""Size and seed of the sample that is drawn if no cell is named."""
JOBS = 2
"""Scripts that run side by side."""
LIMIT_S = 900
"""Seconds that a script may take, its environment made from nothing."""


@dataclass(frozen=True)
class Finding:
    """The result of a cell's scripts: differing columns, or the reason why they did not run."""

    cell: str
    differs: tuple[tuple[str, str, str], ...] = ()
    """Column, published value and value of the scripts."""
    fault: str = ""

    @property
    def agrees(self) -> bool:
        """Say whether the scripts ran and gave the published row."""
        return not (self.differs or self.fault)


def run(words: Sequence[str], console: Console) -> int:
    """Verify the cells that are named, or a sample; return the exit status."""
    config, rows = compose.load([]), publish.published_rows(publish.PUBLISHED)
    planned = {cell.id: cell for cell in matrix.cells(config)}
    rows = [row for row in rows if row["cell"] in planned]
    selection = chosen(words, rows)
    pieces = store.read_json(publish.PUBLISHED / scripts.FILE)
    console.print(f"{len(selection)} {'cell' if len(selection) == 1 else 'cells'}", highlight=False)
    with ThreadPoolExecutor(JOBS) as pool:
        verifier = Verifier(config, pieces)
        findings = pool.map(lambda row: verifier.verify(planned[row["cell"]], row), selection)
        wrong = [finding for finding in _printed(findings, console) if not finding.agrees]
    console.print(f"{len(selection) - len(wrong)} of {len(selection)} agree", highlight=False)
    return 1 if wrong else 0


def chosen(words: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    """Return the rows that ids, globs, `sample=N` and `seed=N` ask for, each once, in order.

    Raises `ConfigFaultsError` where a word asks for nothing.
    """
    counts, globs, faults = {"sample": 0 if words else SAMPLE, "seed": SEED}, [], list[Fault]()
    for word in words:
        key, _, value = word.partition("=")
        if key in counts and value.isdecimal():
            counts[key] = int(value)
        elif any(fnmatchcase(row["cell"], word) for row in rows):
            globs.append(word)
        else:
            fix = nearest(word, [row["cell"] for row in rows])
            problem = "is no published cell, no glob over them, and neither sample=N nor seed=N"
            faults.append(Fault(word, problem, fix))
    if faults:
        raise ConfigFaultsError(faults)
    if not globs and not counts["sample"]:
        counts["sample"] = SAMPLE
    named = {row["cell"] for row in rows if any(fnmatchcase(row["cell"], glob) for glob in globs)}
    unnamed = [row for row in rows if row["cell"] not in named]
    drawn = random.Random(counts["seed"]).sample(unnamed, min(counts["sample"], len(unnamed)))
    selection = named | {row["cell"] for row in drawn}
    return [row for row in rows if row["cell"] in selection]


def _printed(findings: Iterator[Finding], console: Console) -> Iterator[Finding]:
    """Print every finding as it arrives."""
    for finding in findings:
        word = "agrees" if finding.agrees else "NOT RUN" if finding.fault else "DIFFERS"
        lines = [f"{word}  {finding.cell}"]
        lines += [f"    {finding.fault}"] if finding.fault else []
        for column, published, now in finding.differs:
            lines += [f"    {column}", f"      published: {published}", f"      found:     {now}"]
        console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
        yield finding


class Verifier:
    """Runs scripts and compares their rows with the published rows."""

    def __init__(self, config: Config, pieces: repro.Pieces) -> None:
        self.config, self.pieces = config, pieces

    def verify(self, cell: Cell, row: Row) -> Finding:
        """Run a cell's scripts and compare the row that follows from them with the published."""
        with tempfile.TemporaryDirectory(prefix="verify-") as folder:
            for name, text in repro.scripts(self.pieces, row).items():
                side = cell.loaded_with if name == "load.py" else cell.saved_with
                storage.write_text(Path(folder) / name, text)
                fault = self._run(Path(folder), name, self.config.environment[side].python)
                if fault:
                    return Finding(cell.id, fault=fault)
                if (_reply(Path(folder), repro.SAVE) or {}).get("outcome") != "saved":
                    break
            saved, loaded = (_reply(Path(folder), stage) for stage in (repro.SAVE, repro.LOAD))
        if saved is None:
            return Finding(cell.id, fault="save.py ended well and wrote no reply")
        recorder = Recorder(self.config, lambda save: saved, lambda cell: loaded, {})
        repeated = next(made for made in recorder.rows([cell]) if made["cell"] == cell.id)
        differing = [key for key in row if row[key] != repeated[key]]
        return Finding(cell.id, tuple((key, row[key], repeated[key]) for key in differing))

    def _run(self, folder: Path, name: str, version: str) -> str:
        """Run a script; return the reason why it could not be run, or an empty text."""
        python = interpreters.find(version)
        options = ["--python", str(python.path)] if isinstance(python, Interpreter) else []
        try:
            answer = subprocess.run(
                [UV, "run", "--quiet", *options, name],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
                timeout=LIMIT_S,
            )
        except subprocess.TimeoutExpired:
            return f"{name} did not end within {LIMIT_S} s"
        return f"{name}: {shortened(answer.stderr)}" if answer.returncode else ""


def _reply(folder: Path, stage: str) -> Reply | None:
    reply: Reply | None = store.read_json(folder / "repro" / f"{stage}.json")
    return reply
