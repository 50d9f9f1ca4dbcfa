"""Which run may be published, and how is it put in its place?

Only a whole one: all cells of the plan recorded, by this code, in these environments, and none of
them a fault of the harness. What was published before stays until the new files are all there. What
is said about published cells can be derived anew without a run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.config import matrix
from experiments.config.faults import ConfigFaultsError, Fault
from experiments.config.hydra import plain
from experiments.config.schema import Config
from experiments.records import normalise
from experiments.records.pieces import pieces
from experiments.run import store
from experiments.run.store import Run
from results import descriptions, history, storage
from results.contract import version
from results.contract.cells import CELLS
from results.families import Families
from results.schemas import schemas
from results.storage import invalid, read_csv

REPRO = "repro.json"
"""What the scripts that repeat a cell are put together from."""

UNAVAILABLE = "is unavailable:"
"""Is in the reason of a cell that has no environment."""

FILES = ("cells.csv", "cells.parquet", "environments.csv", "provenance.json")


def publish(run: Run, config: Config, published: Path) -> None:
    """Copy a run's records to `published`; raise `ConfigFaultsError` if it is not whole."""
    faults = list(_faults(run, config, published))
    if faults:
        raise ConfigFaultsError(faults)
    before = cells_of(published)
    for name in FILES:
        storage.write_bytes(published / name, (run.records / name).read_bytes())
    commit = store.read_json(published / "provenance.json")["git_commit"]
    storage.write_json(published / REPRO, {**pieces(config), "git_commit": commit})
    told(before, published)


def judge(config: Config, published: Path) -> None:
    """Derive anew what is said about published cells, without measuring any of them again.

    Families follow from messages, and what the error index, claims and reports declare goes with
    the results; an entry that was reworded needs no run. Columns that later runs fill are empty.
    The sources of the scripts stay those that measured the cells.
    """
    before = cells_of(published)
    families = Families({name: one.pattern for name, one in config.error.items()})
    rows = [
        dict.fromkeys(CELLS.names, "")
        | row
        | {
            "error_family": families.of(row["error_type"], row["error_message"]),
            "max_abs_diff": normalise.difference(
                float(row["max_abs_diff"]) if row["max_abs_diff"] else None
            ),
        }
        for row in published_rows(published)
    ]
    storage.write_bytes(published / "cells.csv", storage.to_csv(CELLS.names, rows))
    storage.write_bytes(published / "cells.parquet", storage.to_parquet(CELLS, rows))
    origin = store.read_json(published / "provenance.json")
    declared = plain({"error": config.error, "claim": config.claim, "report": config.report})
    origin["config"] |= declared
    origin["files"] = {name: storage.digest(published / name) for name in origin["files"]}
    storage.write_json(published / "provenance.json", origin)
    told(before, published)


def cells_of(published: Path) -> list[dict[str, str]]:
    """Read the published cells; none where nothing was published yet."""
    path = published / "cells.csv"
    return read_csv(path) if path.exists() else []


def told(before: Sequence[Mapping[str, str]], published: Path) -> None:
    """Note what is published otherwise than `before`, and describe the folder anew."""
    known, origin = published / history.FILE, store.read_json(published / "provenance.json")
    said = store.read_json(known) or []
    entry = history.entry(before, cells_of(published), origin) if before else None
    storage.write_json(known, [entry, *said] if entry else said)
    described(published)


def described(published: Path) -> None:
    """Write the schemas and descriptions of a published folder, which follow from its files."""
    for name, text in schemas().items():
        storage.write_text(published / name, text)
    for name, text in descriptions.describe(published).items():
        storage.write_text(published / name, text)


def _faults(run: Run, config: Config, published: Path) -> Iterator[Fault]:
    where, again = f"results/runs/{run.folder.name}", "Run `nox -s matrix`, then publish again."
    absent = absent_faults(run, FILES, again)
    if absent:
        yield from absent
        return
    rows = read_csv(run.records / "cells.csv")
    wanted = {cell.id for cell in matrix.cells(config)}
    found = {row["cell"] for row in rows if row["loaded_with"]}
    if wanted - found:
        yield Fault(where, f"is unfinished: {len(wanted - found)} cells are missing", again)
    if found - wanted:
        yield Fault(where, f"has {len(found - wanted)} cells that the plan does not know", again)
    errors = [row["cell"] for row in rows if row["outcome"] == "harness_error"]
    if errors:
        what = f"has {len(errors)} faults of the harness, the first in {errors[0]}"
        yield Fault(where, what, "See its log, mend the cause and run `nox -s matrix` again.")
    homeless = [row["cell"] for row in rows if UNAVAILABLE in row["reason"]]
    if homeless:
        what = f"has {len(homeless)} cells without an environment, the first {homeless[0]}"
        yield Fault(where, what, "Run `nox -s doctor` and get what is missing.")
    yield from record_faults(run, FILES, published, "nox -s record")


def absent_faults(run: Run, names: Iterable[str], again: str) -> list[Fault]:
    """Say which of the records are not there; nothing else can then be said of them."""
    absent = [name for name in names if not (run.records / name).exists()]
    if not absent:
        return []
    where = f"results/runs/{run.folder.name}"
    return [Fault(where, f"is unfinished: {', '.join(absent)} not there", again)]


def record_faults(run: Run, names: Sequence[str], published: Path, again: str) -> Iterator[Fault]:
    """Say which records are of no commit, were changed since, or do not follow their schema.

    The last of `names` says where the others come from; `again` is the command that writes them.
    """
    where, origin = f"results/runs/{run.folder.name}", store.read_json(run.records / names[-1])
    if not origin["git_clean"]:
        fix = f"Commit, run `{again}`, then publish again."
        yield Fault(where, "was recorded by code that is not committed", fix)
    for name, digest in origin["files"].items():
        if storage.digest(run.records / name) != digest:
            what = "was changed after it was recorded"
            yield Fault(f"{where}/records/{name}", what, f"Run `{again}`.")
    for name in names:
        if not name.endswith(".parquet"):
            for fault in invalid(run.records / name, _schema(name, published)):
                yield Fault(name, fault, f"Compare with {Path(name).stem}.schema.json.")
                break


def _schema(name: str, published: Path) -> Any:
    """Return the schema of a record: a table's is the contract's, which may have new columns."""
    beside = f"{Path(name).stem}.schema.json"
    known = schemas().get(beside)
    return json.loads(known) if known else store.read_json(published / beside)


def published_rows(folder: Path) -> list[dict[str, str]]:
    """Read the cells that are published in a folder; raise `ConfigFaultsError` if there are none.

    So it does where they are of another version of the data contract.
    """
    first = "Publish a finished run first: `nox -s publish`."
    origin = store.read_json(folder / "provenance.json")
    if origin is None or not (folder / "cells.csv").exists():
        raise ConfigFaultsError([Fault(str(folder), "nothing is published there", first)])
    if origin.get("schema_version") != version.SCHEMA_VERSION:
        what = f"is of schema_version {origin.get('schema_version')}; this suite knows 1"
        fix = "Use the suite that published it, or publish a run of this one."
        raise ConfigFaultsError([Fault(str(folder / "provenance.json"), what, fix)])
    return read_csv(folder / "cells.csv")
