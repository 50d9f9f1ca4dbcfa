"""Writes the records of a run: its replies in the form of the data contract.

They are written into `records/` in the run's folder. Durations are kept with the run and are not
published.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from experiments.config.schema import Config
from experiments.environments import installation
from experiments.records import provenance
from experiments.records.rows import Recorder
from experiments.run import store
from experiments.run.pipeline import Pipeline
from experiments.run.protocol import Reply
from results import storage
from results.contract.cells import CELLS, ENVIRONMENTS
from results.contract.columns import Row
from results.storage import digest, to_csv, to_parquet

UNAVAILABLE = "is unavailable:"
"""Part of the reason of every cell whose environment could not be built."""


def record(pipeline: Pipeline) -> list[Row]:
    """Write the run's records and durations; return the rows of cells.csv."""
    run, recorded = pipeline.run, rows(pipeline)
    changed = _write_if_changed(run.records / "cells.csv", to_csv(CELLS.names, recorded))
    changed |= _write_if_changed(
        run.records / "environments.csv",
        to_csv(ENVIRONMENTS.names, _environment_rows(pipeline)),
    )
    if changed or not (run.records / "provenance.json").exists():
        storage.write_bytes(run.records / "cells.parquet", to_parquet(CELLS, recorded))
        storage.write_bytes(run.folder / "durations.csv", _durations(pipeline))
        storage.write_json(run.records / "provenance.json", _provenance(pipeline, recorded))
    return recorded


def rows(pipeline: Pipeline) -> list[Row]:
    """Return the rows of cells.csv, made from the replies so far."""
    saved, loaded = _saved(pipeline), _loaded(pipeline)
    return Recorder(pipeline.config, saved, loaded, _unavailable(pipeline)).rows(pipeline.cells)


def _saved(pipeline: Pipeline) -> Any:
    """Look up the latest reply to a save, a fault of the harness included."""
    planner = pipeline.planner
    return lambda save: (
        planner.save_reply(save) or _fault(planner.replies("save", save.saved_with).get(save.id))
    )


def _loaded(pipeline: Pipeline) -> Any:
    """Look up the latest reply to a load, a fault of the harness included."""
    planner = pipeline.planner
    return lambda cell: (
        planner.load_reply(cell) or _fault(planner.replies("load", cell.loaded_with).get(cell.id))
    )


def _fault(reply: Reply | None) -> Reply | None:
    return reply if reply is not None and reply["outcome"] == "harness_error" else None


def _write_if_changed(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    storage.write_bytes(path, content)
    return True


def _unavailable(pipeline: Pipeline) -> dict[str, str]:
    reasons = {}
    for name in pipeline.environments:
        noted = store.read_json(pipeline.run.environment(name)) or {}
        if "unavailable" in noted:
            reasons[name] = noted["unavailable"]
    return reasons


def _environment_rows(pipeline: Pipeline) -> list[Row]:
    rows = []
    for name in pipeline.environments:
        noted = store.read_json(pipeline.run.environment(name)) or {}
        rows.append(
            dict.fromkeys(ENVIRONMENTS.names, "")
            | noted.get("description", {})
            | {
                "environment": name,
                "cutoff": pipeline.config.environment[name].cutoff,
                "lock_sha256": installation.lock_sha256(name),
            }
        )
    return rows


def _durations(pipeline: Pipeline) -> bytes:
    phases = ("build", "train", "save", "load", "predict", "evaluate")
    columns = ("id", "stage", *(f"{phase}_s" for phase in phases), "wall_s", "cpu_s", "peak_kib")
    rows: list[Row] = []
    for stage in ("save", "load"):
        for name in pipeline.environments:
            for identity, reply in sorted(pipeline.planner.replies(stage, name).items()):
                seconds = reply.get("seconds", {})
                row = {f"{phase}_s": f"{seconds.get(phase, 0.0):.6f}" for phase in phases}
                row |= {key: f"{reply.get(key, 0.0):.6f}" for key in ("wall_s", "cpu_s")}
                row |= {"id": identity, "stage": stage, "peak_kib": str(reply.get("peak_kib", ""))}
                rows.append(row)
    return to_csv(columns, rows)


def _provenance(pipeline: Pipeline, rows: list[Row]) -> dict[str, Any]:
    run = pipeline.run
    return {
        **provenance.code(),
        "config": _selected(pipeline.config, pipeline.environments).model_dump(mode="json"),
        "locks": {name: installation.lock_sha256(name) for name in pipeline.environments},
        "machine": provenance.machine(run.folder),
        **provenance.span(run.folder),
        "reused": pipeline.reused,
        "outcomes": dict(sorted(Counter(row["outcome"] for row in rows).items())),
        "files": {
            name: digest(run.records / name)
            for name in ("cells.csv", "cells.parquet", "environments.csv")
        },
    }


def _selected(config: Config, names: list[str]) -> Config:
    kept = {name: config.environment[name] for name in names}
    return config.model_copy(update={"environment": kept})


def summary(rows: list[Row]) -> str:
    """Count the outcomes of the cells in one line."""
    counts = Counter(row["outcome"] for row in rows)
    return f"{len(rows)} rows: " + ", ".join(f"{n} {o}" for o, n in counts.most_common())


def harness_errors(rows: list[Row]) -> dict[str, list[str]]:
    """Return the cells that the harness spoiled, by the reason."""
    cells_by_reason = defaultdict(list)
    for row in rows:
        if row["outcome"] == "harness_error":
            cells_by_reason[row["reason"]].append(row["cell"])
    return dict(cells_by_reason)
