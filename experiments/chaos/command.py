"""What does `chaos` do?"""

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
from experiments.chaos.trial import MissedError, NotHereError, Place
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
class Asked:
    """How much is to happen, drawn by which seed."""

    kills: int = 50
    disks: int = 10
    strains: int = 3
    seed: int = 1


def run(words: Sequence[str], console: Console) -> int:
    """Disturb a small run again and again; return 0 if it always ends as if undisturbed."""
    asked = _asked(words)

    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    out = folders.named("chaos").folder
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        undisturbed = Place(Path(folder) / "undisturbed", SELECTED)
        began = time.monotonic()
        if not undisturbed.finish():
            say((undisturbed.folder / "log").read_text("utf-8", "replace"))
            say("The run does not end well even if nothing happens to it.")
            return HARNESS_FAILED
        seconds, size = time.monotonic() - began, _size(undisturbed.run.folder)
        cells = undisturbed.cells()
        say(f"undisturbed: {len(cells.splitlines())} lines of cells.csv, {seconds:.0f} s")
        rows = []
        for event in events(asked.kills, asked.disks, asked.strains, asked.seed):
            rows.append(_row(event, Path(folder) / str(event.number), seconds, size, cells, out))
            say(_line(rows[-1]))
    storage.write_bytes(out / "chaos.csv", storage.to_csv(COLUMNS, rows))
    bad, skipped = sum(map(_is_bad, rows)), sum(bool(row["skipped"]) for row in rows)
    say(f"{len(rows) - bad - skipped} of {len(rows)} end as if undisturbed, {skipped} skipped")
    return HARNESS_FAILED if bad else FINISHED


def _asked(words: Sequence[str]) -> Asked:
    """Read the fields of `Asked` as `KEY=N`; raise `ConfigFaultsError` for anything else."""
    found, faults = Asked(), list[Fault]()
    known = [field.name for field in fields(Asked)]
    for word in words:
        key, _, value = word.partition("=")
        if key in known and value.isdecimal():
            setattr(found, key, int(value))
        else:
            what = f"is none of {', '.join(f'{name}=N' for name in known)}"
            faults.append(Fault(word, what, nearest(key, known)))
    if faults:
        raise ConfigFaultsError(faults)
    return found


def _row(
    event: Event, folder: Path, seconds: float, size: int, cells: bytes, out: Path
) -> dict[str, str]:
    """Have the event happen, at another moment if it misses the first; say how the run ended."""
    row = dict.fromkeys(COLUMNS, "")
    row |= {"number": str(event.number), "victim": event.victim, "what": event.what}
    for missed, part in enumerate(event.parts):
        with _place(folder) as place:
            try:
                after = trial.disturb(place, event, part, seconds, size)
            except MissedError:
                continue
            except NotHereError as error:
                return row | {"skipped": str(error)}
            row |= _ended(place, event, cells) | {"after_s": f"{after:.2f}", "missed": str(missed)}
            if _is_bad(row):
                shutil.copytree(folder, out / folder.name, dirs_exist_ok=True)
            return row
    return row | {"skipped": f"there was nothing for it to happen to, {len(event.parts)} times"}


@contextmanager
def _place(folder: Path) -> Iterator[Place]:
    """Give a run a place that is gone afterwards."""
    place = Place(folder, SELECTED)
    try:
        yield place
    finally:
        trial.unmounted(place)
        shutil.rmtree(folder, ignore_errors=True)


def _ended(place: Place, event: Event, cells: bytes) -> dict[str, str]:
    """Have the run go on until it ends well; say whether it ended as if undisturbed."""
    place.finish(clock=event.what == CLOCK)
    left = [f"process {one}" for one in trial.ended(place)]
    left += processes.remains(place.run.folder, place.temporary)
    return {
        "statuses": " ".join(map(str, place.statuses)),
        "same_bytes": "yes" if place.cells() == cells else "no",
        "repeated": str(trial.repeated(place)),
        "remains": "; ".join(left),
    }


def _is_bad(row: dict[str, str]) -> bool:
    if row["skipped"]:
        return False
    ended = row["statuses"].rpartition(" ")[2] == "0"
    return not (ended and row["same_bytes"] == "yes" and row["repeated"] == "0") or bool(
        row["remains"]
    )


def _line(row: dict[str, str]) -> str:
    if row["skipped"]:
        return f"{row['number']:>3} {row['what']} of the {row['victim']}: skipped, {row['skipped']}"
    said = "as if undisturbed" if not _is_bad(row) else "BAD"
    return (
        f"{row['number']:>3} {row['what']:<8} {row['victim']:<7} after {row['after_s']:>6} s, "
        f"exit {row['statuses']:<8} same bytes: {row['same_bytes']}, "
        f"repeated: {row['repeated']}, remains: {row['remains'] or 'none'}  {said}"
    )


def _size(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())
