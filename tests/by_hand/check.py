"""Do the published cells come out the same when they are repeated by hand?

Runs the scripts beside this file in the environments, each in a fresh process, and compares their
ends with the published rows, messages normalised. Exits with status 1 if a check disagrees or could
not be made.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from experiments.config import compose
from experiments.config.schema import ROOT, Config
from experiments.environments import installation, pinning
from experiments.records import messages

HERE = Path(__file__).resolve().parent
SEEDS = tuple(f"seed_example_{number}" for number in (1, 2, 3))
REPEATED = ("equal", "different", "error", "not_saved", "crash")
"""The outcomes to draw from. Skipped cells have nothing to repeat, and scripts have no limits."""
COUNTS = ("weights_saved", "weights_restored")
COMPARED = (
    *("outcome", "phase", "error_type", "error_message", "reason", "differs", "max_abs_diff"),
    *COUNTS,
)
TIMEOUT_S = 600

Row = dict[str, str]
Line = dict[str, Any]


@dataclass(frozen=True)
class Check:
    """A published row, the row of its repetition by hand, and the columns to compare."""

    row: Row
    repeated: Row
    columns: tuple[str, ...]

    @property
    def wrong(self) -> list[str]:
        """The columns that disagree."""
        return [
            name for name in self.columns if not _agree(name, self.row[name], self.repeated[name])
        ]

    def line(self) -> str:
        """Return the result of the check as a line of a table."""
        end = " ".join(filter(None, (self.repeated["outcome"], self.repeated["error_type"])))
        return f"{'DISAGREES' if self.wrong else 'agrees':9}  {self.row['cell']:75}  {end}"

    def disagreement(self) -> Iterator[str]:
        """Yield both values of each column that disagrees."""
        yield self.row["cell"]
        for name in self.wrong:
            yield f"  {name} published: {self.row[name]!r}"
            yield f"  {name} by hand:   {self.repeated[name]!r}"


def _agree(name: str, published: str, repeated: str) -> bool:
    if name in COUNTS and not published:
        return True  # the published run did not count them yet
    if name == "max_abs_diff" and published and repeated:
        return math.isclose(float(published), float(repeated), rel_tol=1e-4, abs_tol=1e-6)
    return published == repeated


class Scratch:
    """The folder of one process: an empty home, a folder to work in, one for temporary files."""

    def __init__(self, stack: str) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=stack))
        self.work = self.folder / "work"
        for name in ("work", "home", "tmp"):
            (self.folder / name).mkdir()

    def run(self, config: Config, environment: str, script: str, *words: str) -> list[Line]:
        """Run a script in an environment; return its lines of JSON. The last is its end."""
        variables = pinning.pinned_variables(config.environment[environment]) | {
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "PYTHONPATH": str(ROOT),
        }
        python = str(installation.python(environment))
        try:
            process = subprocess.run(
                [python, str(HERE / script), *words],
                cwd=self.work,
                env=variables,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIMEOUT_S,
                umask=0o022,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return [{"outcome": "timeout", "error_message": f"ran for {TIMEOUT_S} s"}]
        except OSError as error:
            return [{"outcome": "not run", "reason": f"{environment}: {error}"}]
        lines = [*_json_lines(process.stdout)]
        if process.returncode < 0:
            name = signal.Signals(-process.returncode).name
            lines.append(
                {"outcome": "crash", "error_type": name, "error_message": f"died of {name}"}
            )
        elif process.returncode and not (lines and "end" in lines[-1]):
            last = process.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            lines.append({"outcome": "not run", "reason": "".join(last)})
        return lines

    def row(self, end: Line) -> Row:
        """Return the compared columns of a row, with normalised messages, from the last line."""
        folder = str(self.folder)
        difference = end.get("max_abs_diff")
        return {name: str(end.get(name, "")) for name in COMPARED} | {
            "error_message": messages.message(end.get("error_message", ""), folder),
            "reason": messages.message(end.get("reason", ""), folder),
            "max_abs_diff": "" if difference is None else f"{difference:.6g}",
        }


def _json_lines(output: bytes) -> Iterator[Line]:
    for raw in output.splitlines():
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def seed_example(config: Config, row: Row) -> Check:
    """Run one of the seed's programs in the row's environment."""
    with temporary() as stack:
        scratch = Scratch(stack)
        end = scratch.run(config, row["saved_with"], row["scenario"] + ".py")[-1]
        if end.get("end") == "caught":  # only the load stands in a `try`
            end |= {"outcome": "error", "phase": "load"}
        elif end.get("end") == "loaded":
            equal = _close(*end["predictions"])
            end |= {"outcome": "equal" if equal else "different", "phase": "compare"}
        elif end.get("end") == "uncaught":
            end |= _uncaught(end["line"])
        repeated = scratch.row(end)
    if repeated["outcome"] == "not_saved":
        repeated["reason"] = _in_words(repeated)
    return Check(row, repeated, ("outcome", "phase", "error_type", "error_message", "reason"))


def _uncaught(line: str) -> Line:
    """Return the outcome of a program that raised in this line."""
    if line.startswith("model_save.save("):
        return {"outcome": "not_saved", "phase": "save"}
    if line.startswith("telling.predictions("):
        return {"outcome": "error", "phase": "predict"}
    return {"outcome": f"uncaught in {line}"}


def _close(saved: list[list[float]], loaded: list[list[float]]) -> bool:
    """Return whether predictions agree to 1e-4 relative or 1e-5 absolute."""
    flat = [[number for row in rows for number in row] for rows in (saved, loaded)]
    return all(abs(a - b) <= 1e-5 + 1e-4 * abs(b) for a, b in zip(*flat, strict=True))


def replay(config: Config, row: Row) -> Check:
    """Repeat a cell, or a failed save, by hand: a process saves, another loads."""
    with temporary() as stack:
        words = (row["cell"], saved_as(config, row), str(Path(stack) / "numbers.npz"))
        saving, loading = Scratch(stack), Scratch(stack)
        end = _end(saving.run(config, row["saved_with"], "replay.py", "save", *words))
        repeated = saving.row(end)
        if row["loaded_with"] and end["outcome"] == "saved":
            shutil.copytree(saving.work, loading.work, dirs_exist_ok=True)
            end = _end(loading.run(config, row["loaded_with"], "replay.py", "load", *words))
            repeated = loading.row(end)
        elif end["outcome"] in ("error", "crash", "not_saved"):
            reason = repeated["reason"] or _in_words(repeated)
            repeated |= {"outcome": "not_saved", "reason": reason}
        _open_all(Path(stack))
    return Check(row, repeated, COMPARED)


def saved_as(config: Config, row: Row) -> str:
    """Return the case under which the file that a cell loads was saved."""
    case = config.scenario[row["scenario"]].cases.get(row["case"])
    return (case.saved_as if case else None) or row["case"]


def _end(lines: list[Line]) -> Line:
    """Return the outcome of a process, with the phase that it named last."""
    phases = [line["phase"] for line in lines if "phase" in line]
    end = lines[-1] if lines and "outcome" in lines[-1] else {"outcome": "not run"}
    return {"phase": phases[-1] if phases else "", **end}


def _in_words(repeated: Row) -> str:
    """Return the reason of a cell whose save failed."""
    kind = repeated["error_type"].split(".")[-1]
    first = repeated["error_message"].strip().split("\n")[0]
    return ": ".join(filter(None, (f"the {repeated['phase']} failed", kind, first)))


def temporary() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for a check; its path has no links, because messages name the real path."""
    return tempfile.TemporaryDirectory(
        prefix="by-hand-", dir=Path(tempfile.gettempdir()).resolve(), ignore_cleanup_errors=True
    )


def _open_all(folder: Path) -> None:
    """Restore permissions that a cell took away, so that its folder can be removed."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o700)


def with_saves(config: Config, rows: Iterable[Row]) -> list[Row]:
    """Give rows whose save failed the error of the save's row, which has the whole message."""
    rows = list(rows)
    saves = {_save(row, row["case"]): row for row in rows if not row["loaded_with"]}
    return [
        row | {name: save[name] for name in ("error_type", "error_message")}
        if row["outcome"] == "not_saved" and (save := saves.get(_save(row, saved_as(config, row))))
        else row
        for row in rows
    ]


def _save(row: Row, case: str) -> tuple[str, ...]:
    return (row["scenario"], case, row["format"], row["saved_with"])


def seed_rows(rows: Iterable[Row], names: Iterable[str]) -> list[Row]:
    """Return the rows of the seed's programs in these environments."""
    by_id = {row["cell"]: row for row in rows}
    load = "as_written/h5/load_weights"
    return [by_id[f"{seed}/{load}/{name}/{name}"] for name in names for seed in SEEDS]


def draw(rows: Iterable[Row], number: int, seed: int, only: str = "*") -> list[Row]:
    """Draw cells of all scenarios but the seed's; the rows and the seed decide which."""
    urn = [
        row
        for row in sorted(rows, key=lambda row: row["cell"])
        if row["scenario"] not in SEEDS
        and row["outcome"] in REPEATED
        and fnmatchcase(row["cell"], only)
    ]
    return random.Random(seed).sample(urn, min(number, len(urn)))


def carry_out(config: Config, rows: Sequence[Row], jobs: int) -> Iterator[Check]:
    """Make the checks, `jobs` at a time, in the order of the rows."""

    def make(row: Row) -> Check:
        by_hand: Callable[[Config, Row], Check]
        by_hand = seed_example if row["scenario"] in SEEDS else replay
        return by_hand(config, row)

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(make, rows)


def rows_of(path: Path) -> list[Row]:
    """Read one of the published tables."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def main(words: Sequence[str] | None = None) -> int:
    """Read the command line, make the checks, print them."""
    parser = argparse.ArgumentParser(prog="python -m tests.by_hand.check", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "results" / "published")
    parser.add_argument("--seeds", action="store_true", help="run the seed's three programs")
    parser.add_argument("--sample", type=int, default=0, help="repeat this number of other cells")
    parser.add_argument("--seed", type=int, default=2026, help="of the draw")
    parser.add_argument("--only", default="*", help="draw from the cells that match this glob")
    parser.add_argument("--environment", default="*", help="of seeds, a glob")
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side")
    chosen = parser.parse_args(words)
    config = compose.load(())
    rows = with_saves(config, rows_of(chosen.data / "cells.csv"))
    names = [row["environment"] for row in rows_of(chosen.data / "environments.csv")]
    names = [name for name in names if fnmatchcase(name, chosen.environment)]
    selection = seed_rows(rows, names) if chosen.seeds else []
    selection += draw(rows, chosen.sample, chosen.seed, chosen.only)
    wrong = []
    for check in carry_out(config, selection, chosen.jobs):
        print(check.line(), flush=True)
        if check.wrong:
            wrong.append(check)
    for check in wrong:
        print("", *check.disagreement(), sep="\n")
    print(f"\n{len(selection)} checks, {len(wrong)} disagree")
    return 1 if wrong or not selection else 0


if __name__ == "__main__":
    sys.exit(main())
