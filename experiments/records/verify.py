"""Do the published scripts find what was published?

Each is put together from the published pieces, run by `uv run` in an environment that uv makes for
it, and the row that follows from its replies is compared with the published one, column by column.
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
from experiments.run.store import Line
from results import repro, storage
from results.contract.columns import Row

SAMPLE, SEED = 12, 1
"""How many cells are drawn where none is named, and by which seed."""
JOBS = 2
"""Scripts that run side by side."""
LIMIT_S = 900
"""Seconds that a script may take, its environment made from nothing."""


@dataclass(frozen=True)
class Finding:
    """What a cell's scripts found: what differs from the published row, or why they did not run."""

    cell: str
    differs: tuple[tuple[str, str, str], ...] = ()
    """Column, published, found."""
    fault: str = ""

    @property
    def agrees(self) -> bool:
        """Say whether the scripts ran and found what was published."""
        return not (self.differs or self.fault)


def run(words: Sequence[str], console: Console) -> int:
    """Verify the cells that are named, or a sample; return the exit status."""
    config, rows = compose.load([]), publish.published_rows(publish.PUBLISHED)
    known = {cell.id: cell for cell in matrix.cells(config)}
    rows = [row for row in rows if row["cell"] in known]
    wanted = chosen(words, rows)
    pieces = store.read_json(publish.PUBLISHED / scripts.FILE)
    console.print(f"{len(wanted)} {'cell' if len(wanted) == 1 else 'cells'}", highlight=False)
    with ThreadPoolExecutor(JOBS) as pool:
        verifier = Verifier(config, pieces)
        found = pool.map(lambda row: verifier.verify(known[row["cell"]], row), wanted)
        wrong = [one for one in _told(found, console) if not one.agrees]
    console.print(f"{len(wanted) - len(wrong)} of {len(wanted)} agree", highlight=False)
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
            what = "is no published cell, no glob over them, and neither sample=N nor seed=N"
            faults.append(Fault(word, what, fix))
    if faults:
        raise ConfigFaultsError(faults)
    if not globs and not counts["sample"]:
        counts["sample"] = SAMPLE
    named = {row["cell"] for row in rows if any(fnmatchcase(row["cell"], glob) for glob in globs)}
    others = [row for row in rows if row["cell"] not in named]
    drawn = random.Random(counts["seed"]).sample(others, min(counts["sample"], len(others)))
    wanted = named | {row["cell"] for row in drawn}
    return [row for row in rows if row["cell"] in wanted]


def _told(found: Iterator[Finding], console: Console) -> Iterator[Finding]:
    for one in found:
        word = "agrees" if one.agrees else "NOT RUN" if one.fault else "DIFFERS"
        lines = [f"{word}  {one.cell}"]
        lines += [f"    {one.fault}"] if one.fault else []
        for column, published, now in one.differs:
            lines += [f"    {column}", f"      published: {published}", f"      found:     {now}"]
        console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
        yield one


class Verifier:
    """Runs scripts and compares what they find."""

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
        found = next(one for one in recorder.rows([cell]) if one["cell"] == cell.id)
        differing = [key for key in row if row[key] != found[key]]
        return Finding(cell.id, tuple((key, row[key], found[key]) for key in differing))

    def _run(self, folder: Path, name: str, version: str) -> str:
        """Run a script; say what went wrong with running it, if anything."""
        python = interpreters.find(version)
        given = ["--python", str(python.path)] if isinstance(python, Interpreter) else []
        try:
            answer = subprocess.run(
                [UV, "run", "--quiet", *given, name],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
                timeout=LIMIT_S,
            )
        except subprocess.TimeoutExpired:
            return f"{name} did not end within {LIMIT_S} s"
        return f"{name}: {shortened(answer.stderr)}" if answer.returncode else ""


def _reply(folder: Path, stage: str) -> Line | None:
    reply: Line | None = store.read_json(folder / "repro" / f"{stage}.json")
    return reply
