"""Checks finished records, copies them to results/published and rebuilds the report.

Records are published only if they are complete, of committed code, unchanged since they were
recorded and without a fault of the harness. Every file is replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from experiments.config import compose, matrix
from experiments.config.faults import ConfigFaultsError, Fault
from experiments.config.schema import ROOT, Config
from experiments.environments import installation
from experiments.records import recording, reporting, scripts
from experiments.run import folders, store
from experiments.run.store import Line, Run
from results import descriptions, history, storage
from results.contract import version
from results.schemas import beside, schema_of, schemas
from results.storage import invalid, read_csv

PUBLISHED, REPORT = ROOT / "results" / "published", ROOT / "report" / "pages"


@dataclass(frozen=True)
class Records:
    """The files of a run's folder `records` that are published together.

    `origin` is the provenance of the `tables`. The command `measure` makes the run, `rewrite`
    writes the records of a finished run anew.
    """

    tables: tuple[str, ...]
    origin: str
    measure: str
    rewrite: str

    @property
    def files(self) -> tuple[str, ...]:
        """All files, the provenance last."""
        return (*self.tables, self.origin)


CELLS = Records(
    ("cells.csv", "cells.parquet", "environments.csv"),
    *("provenance.json", "nox -s matrix", "nox -s record"),
)

Check = Callable[[Line], Iterable[Fault]]
"""Returns the faults of a run that only its campaign knows, from the provenance."""


def publish_cells(words: Sequence[str], console: Console) -> int:
    """Publish the finished run of the full plan."""
    config = compose.load(words)
    run = folders.named(config.name)
    before = cells_of(PUBLISHED)

    def copy() -> None:
        commit = store.read_json(run.records / CELLS.origin)["git_commit"]
        contents = scripts.collect(config, commit)  # first: it may lack the commit
        copy_records(run, CELLS)
        storage.write_json(PUBLISHED / scripts.FILE, contents)
        note_history(before, PUBLISHED)

    return publish(run, CELLS, console, lambda origin: _cell_faults(run, config, origin), copy)


def publish(
    run: Run,
    records: Records,
    console: Console,
    check: Check | None = None,
    copy: Callable[[], None] | None = None,
) -> int:
    """Check and copy a run's records, describe the published folder and rebuild the report.

    `check` stands in for the checks of a campaign, `copy` for a copy of all files. Raises
    `ConfigFaultsError`, and then has written nothing.
    """
    faults = missing_faults(run, records)
    if not faults:
        origin = store.read_json(run.records / records.origin)
        faults += (check or _campaign_check(run, records))(origin)
        faults += record_faults(run, records, origin)
    if faults:
        raise ConfigFaultsError(faults)
    if copy:
        copy()
    else:
        copy_records(run, records)
    return rebuild("Published", console)


def copy_records(run: Run, records: Records) -> None:
    """Copy the records of a run to results/published."""
    for name in records.files:
        storage.write_bytes(PUBLISHED / name, (run.records / name).read_bytes())


def rebuild(done: str, console: Console) -> int:
    """Describe the published folder and build the report; return the exit status."""
    describe(PUBLISHED)
    console.print(f"{done}. Rebuilding the report.")
    return reporting.build(PUBLISHED, REPORT)


def describe(published: Path) -> None:
    """Write the schemas, descriptions and checksums that follow from the published files."""
    for name, text in schemas().items():
        storage.write_text(published / name, text)
    for name, text in descriptions.describe(published).items():
        storage.write_text(published / name, text)


def cells_of(published: Path) -> list[dict[str, str]]:
    """Read the published cells; none before the first publication."""
    path = published / "cells.csv"
    return read_csv(path) if path.exists() else []


def note_history(before: Sequence[Mapping[str, str]], published: Path) -> None:
    """Note in history.json how the published cells differ from those of `before`."""
    path, origin = published / history.FILE, store.read_json(published / CELLS.origin)
    entries = store.read_json(path) or []
    entry = history.entry(before, cells_of(published), origin) if before else None
    storage.write_json(path, [entry, *entries] if entry else entries)


def published_rows(folder: Path) -> list[dict[str, str]]:
    """Read the published cells of a folder.

    Raises `ConfigFaultsError` where there are none, or where they follow another version of the
    data contract.
    """
    origin = store.read_json(folder / CELLS.origin)
    if origin is None or not (folder / "cells.csv").exists():
        fix = "Publish a finished run first: `nox -s publish`."
        raise ConfigFaultsError([Fault(str(folder), "nothing is published there", fix)])
    if origin.get("schema_version") != version.SCHEMA_VERSION:
        problem = f"is of schema_version {origin.get('schema_version')}; this suite knows 1"
        fix = "Use the suite that published it, or publish a run of this one."
        raise ConfigFaultsError([Fault(str(folder / CELLS.origin), problem, fix)])
    return read_csv(folder / "cells.csv")


def folder_name(run: Run) -> str:
    """Return the folder of a run as messages name it."""
    return f"results/runs/{run.folder.name}"


def missing_faults(run: Run, records: Records) -> list[Fault]:
    """Name the records that do not exist; without them no other check is possible."""
    missing = [name for name in records.files if not (run.records / name).exists()]
    if not missing:
        return []
    fix = f"Run `{records.measure}`, then publish again."
    return [Fault(folder_name(run), f"is unfinished: {', '.join(missing)} not there", fix)]


def record_faults(run: Run, records: Records, origin: Line) -> Iterator[Fault]:
    """Name records of uncommitted code, records changed by hand and records against the schema."""
    if not origin["git_clean"]:
        fix = f"Commit, run `{records.rewrite}`, then publish again."
        yield Fault(folder_name(run), "was recorded by code that is not committed", fix)
    for name, digest in origin["files"].items():
        if storage.digest(run.records / name) != digest:
            problem = "was changed after it was recorded"
            yield Fault(f"{folder_name(run)}/records/{name}", problem, f"Run `{records.rewrite}`.")
    for name in records.files:
        if not name.endswith(".parquet"):
            for fault in invalid(run.records / name, schema_of(name)):
                yield Fault(name, fault, f"Compare with {beside(name)}.")
                break


def _campaign_check(run: Run, records: Records) -> Check:
    """Check the faults and the missing environments that a campaign notes in its provenance."""

    def check(origin: Line) -> Iterator[Fault]:
        if origin["faults"]:
            problem = f"has {origin['faults']} faults of the harness"
            fix = f"See its logs, mend the cause and run `{records.measure}` again."
            yield Fault(folder_name(run), problem, fix)
        if origin["left_out"]:
            problem = f"lacks environments: {', '.join(origin['left_out'])}"
            yield Fault(folder_name(run), problem, "Run `nox -s doctor` and get what is missing.")

    return check


def _cell_faults(run: Run, config: Config, origin: Line) -> Iterator[Fault]:
    """Compare the cells of a run with the plan, and its locks with those of the repository."""
    fix = f"Run `{CELLS.measure}`, then publish again."
    rows = read_csv(run.records / "cells.csv")
    planned = {cell.id for cell in matrix.cells(config)}
    recorded = {row["cell"] for row in rows if row["loaded_with"]}
    if planned - recorded:
        problem = f"is unfinished: {len(planned - recorded)} cells are missing"
        yield Fault(folder_name(run), problem, fix)
    if recorded - planned:
        problem = f"has {len(recorded - planned)} cells that the plan does not know"
        yield Fault(folder_name(run), problem, fix)
    for name, digest in origin["locks"].items():
        if name in config.environment and digest != installation.lock_sha256(name):
            problem = f"was measured with another configs/locks/{name}.txt"
            yield Fault(folder_name(run), problem, fix)
    errors = [row["cell"] for row in rows if row["outcome"] == "harness_error"]
    if errors:
        problem = f"has {len(errors)} faults of the harness, the first in {errors[0]}"
        mend = f"See its log, mend the cause and run `{CELLS.measure}` again."
        yield Fault(folder_name(run), problem, mend)
    unavailable = [row["cell"] for row in rows if recording.UNAVAILABLE in row["reason"]]
    if unavailable:
        problem = f"has {len(unavailable)} cells without an environment, the first {unavailable[0]}"
        yield Fault(folder_name(run), problem, "Run `nox -s doctor` and get what is missing.")
