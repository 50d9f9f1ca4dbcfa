"""Disturbs a small run many times, and reports whether it always ends as if undisturbed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from rich.console import Console

from experiments.chaos import processes, trial
from experiments.chaos.events import CLOCK, Event, events
from experiments.chaos.trial import MissedError, NotHereError, Sandbox
from experiments.config.faults import ConfigFaultsError, Fault, nearest
from experiments.run import folders
from results import storage

FINISHED, HARNESS_FAILED = 0, 1
SELECTED = (
    *("environment=[tf-2.4,tf-2.21]", "format=[h5,weights_h5,keras]"),
    "scenario=[round_trip,layer_size,corrupted_file,missing_layer]",
)
"""The run that is disturbed: two environments that save and load for each other."""
COLUMNS = (
    *("number", "victim", "what", "missed", "after_s", "statuses"),
    *("same_bytes", "repeated", "remains", "skipped"),
)


@dataclass
class Plan:
    """How many events of each kind to draw, and by which seed."""

    kills: int = 50
    disks: int = 10
    strains: int = 3
    seed: int = 1


def run(words: Sequence[str], console: Console) -> int:
    """Disturb a small run again and again; return 0 if it always ends as if undisturbed."""
    plan = _plan(words)

    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    out = folders.named("chaos").folder
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        undisturbed = Sandbox(Path(folder) / "undisturbed", SELECTED)
        began = time.monotonic()
        if not undisturbed.finish():
            say((undisturbed.folder / "log").read_text("utf-8", "replace"))
            say("The run does not end well even if nothing happens to it.")
            return HARNESS_FAILED
        seconds, size = time.monotonic() - began, _size(undisturbed.run.folder)
        cells = undisturbed.cells()
        say(f"undisturbed: {len(cells.splitlines())} lines of cells.csv, {seconds:.0f} s")
        rows = []
        for event in events(plan.kills, plan.disks, plan.strains, plan.seed):
            rows.append(_row(event, Path(folder) / str(event.number), seconds, size, cells, out))
            say(_line(rows[-1]))
    storage.write_bytes(out / "chaos.csv", storage.to_csv(COLUMNS, rows))
    bad, skipped = sum(map(_is_bad, rows)), sum(bool(row["skipped"]) for row in rows)
    say(f"{len(rows) - bad - skipped} of {len(rows)} end as if undisturbed, {skipped} skipped")
    return HARNESS_FAILED if bad else FINISHED


def _plan(words: Sequence[str]) -> Plan:
    """Read the fields of `Plan` as `KEY=N`; raise `ConfigFaultsError` for anything else."""
    plan, faults = Plan(), list[Fault]()
    names = [field.name for field in fields(Plan)]
    for word in words:
        key, _, value = word.partition("=")
        if key in names and value.isdecimal():
            setattr(plan, key, int(value))
        else:
            fault = f"is none of {', '.join(f'{name}=N' for name in names)}"
            faults.append(Fault(word, fault, nearest(key, names)))
    if faults:
        raise ConfigFaultsError(faults)
    return plan


def _row(
    event: Event, folder: Path, seconds: float, size: int, cells: bytes, out: Path
) -> dict[str, str]:
    """Disturb a run, at another moment if the first one misses; return the row of its end."""
    row = dict.fromkeys(COLUMNS, "")
    row |= {"number": str(event.number), "victim": event.victim, "what": event.kind}
    for missed, moment in enumerate(event.moments):
        with _sandbox(folder) as sandbox:
            try:
                after = trial.disturb(sandbox, event, moment, seconds, size)
            except MissedError:
                continue
            except NotHereError as error:
                return row | {"skipped": str(error)}
            row |= _end(sandbox, event, cells) | {"after_s": f"{after:.2f}", "missed": str(missed)}
            if _is_bad(row):
                shutil.copytree(folder, out / folder.name, dirs_exist_ok=True)
            return row
    return row | {"skipped": f"there was nothing for it to happen to, {len(event.moments)} times"}


@contextmanager
def _sandbox(folder: Path) -> Iterator[Sandbox]:
    """Make a sandbox for a run, and remove it afterwards."""
    sandbox = Sandbox(folder, SELECTED)
    try:
        yield sandbox
    finally:
        trial.unmount(sandbox)
        shutil.rmtree(folder, ignore_errors=True)


def _end(sandbox: Sandbox, event: Event, cells: bytes) -> dict[str, str]:
    """Let the run go on until it ends well; return the columns that compare it."""
    sandbox.finish(clock=event.kind == CLOCK)
    remaining = [f"process {pid}" for pid in trial.end_remaining(sandbox)]
    remaining += processes.remains(sandbox.run.folder, sandbox.temporary)
    return {
        "statuses": " ".join(map(str, sandbox.statuses)),
        "same_bytes": "yes" if sandbox.cells() == cells else "no",
        "repeated": str(trial.repeated(sandbox)),
        "remains": "; ".join(remaining),
    }


def _is_bad(row: dict[str, str]) -> bool:
    if row["skipped"]:
        return False
    ended_well = row["statuses"].rpartition(" ")[2] == "0"
    return not (ended_well and row["same_bytes"] == "yes" and row["repeated"] == "0") or bool(
        row["remains"]
    )


def _line(row: dict[str, str]) -> str:
    if row["skipped"]:
        return f"{row['number']:>3} {row['what']} of the {row['victim']}: skipped, {row['skipped']}"
    verdict = "as if undisturbed" if not _is_bad(row) else "BAD"
    return (
        f"{row['number']:>3} {row['what']:<8} {row['victim']:<7} after {row['after_s']:>6} s, "
        f"exit {row['statuses']:<8} same bytes: {row['same_bytes']}, "
        f"repeated: {row['repeated']}, remains: {row['remains'] or 'none'}  {verdict}"
    )


def _size(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())
