"""Write the published tables of a session.

`timings.csv` follows the data contract; `timings_raw.parquet` has every call. Further tables hold
the controls, the changes from release to release, the exponents, the profiles, the imports, and the
loads that could not be timed. `timings_provenance.json` describes their origin.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.environments import installation
from experiments.records import provenance
from experiments.run import store
from experiments.run.store import Line, Run
from experiments.timings import quiet
from experiments.timings.design import Model
from experiments.timings.ledger import PREPARE, PROFILE, TIME, Ledger
from experiments.timings.statistics import changes, estimates, judging, samples, scaling
from experiments.timings.statistics.judging import Judged
from experiments.timings.statistics.neighbours import Relations
from experiments.timings.statistics.subjects import KEY, case
from results import storage
from results.contract.columns import TABLES

PARTS = ("reading", "building", "assigning", "other")
RAW, ORIGIN = "timings_raw.parquet", "timings_provenance.json"
FILES = (
    "timings.csv",
    RAW,
    "timings_control.csv",
    "timings_changes.csv",
    "timings_scaling.csv",
    "timings_profile.csv",
    "timings_imports.csv",
    "timings_untimed.csv",
    ORIGIN,
)
TRIAL = "timings_trial.json"
"""The results of a session with planted slowdowns."""
TRIAL_KEYS = (
    *("schema_version", "suite_version", "git_commit", "command_line", "machine", "start", "end"),
    *("seconds", "others", "rows", "stable", "between", "smallest_change", "controls"),
)
"""The keys of the provenance that a trial publishes."""
BETWEEN = 0.0
"""The variance between processes that is added to errors.

Until November 2026 the estimate added one. The first version of the data contract keeps the columns
`between` and `p_uncorrected` and the keys `between` and `uncorrected`.
"""


def write(ledger: Ledger, started: Iterable[str], left_out: Mapping[str, str]) -> dict[str, int]:
    """Write the records of a session; return the number of rows of each table.

    `started` are the names that have a process, `left_out` the reasons of those that have none.
    """
    run, settings = ledger.run, ledger.design.settings
    timed = ledger.replies(TIME)
    calls = samples.calls(timed)
    turns = samples.turns(calls)
    judged = judging.judge(turns, Relations.of(settings.model_dump(mode="json")), settings.change)
    rows = estimates.medians(turns).merge(judged.quality, on=KEY)
    rows = rows.merge(samples.peaks(timed), on=KEY)
    rows = estimates.with_intervals(_without_controls(rows, ledger), turns, settings.seed)
    rows = _described(rows, ledger)
    steps = changes.changes(judged.releases)
    steps["reason"] = list(changes.reasons(steps, rows, _versions(ledger)))
    replies = [
        reply
        for reply in (*ledger.replies(PREPARE), *timed)
        if reply["environment"] not in settings.controls
    ]
    tables = {
        "timings.csv": rows,
        "timings_control.csv": controls(judged),
        "timings_changes.csv": steps,
        "timings_scaling.csv": scaling.exponents(rows),
        "timings_profile.csv": pd.DataFrame(_profiles(ledger.replies(PROFILE))),
        "timings_imports.csv": pd.DataFrame(_imports(run, settings.controls, started)),
        "timings_untimed.csv": pd.DataFrame(samples.untimed(replies)),
    }
    for name, table in tables.items():
        storage.write_bytes(run.records / name, csv(name, table))
    storage.write_bytes(run.records / RAW, _raw(calls))
    storage.write_json(run.records / ORIGIN, _origin(ledger, judged, left_out))
    return {name: len(table) for name, table in tables.items()}


def trial(origin: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the published part of a trial's provenance; None if no slowdown was planted."""
    planted = any(control["slower"] for control in origin["controls"])
    return {key: origin[key] for key in TRIAL_KEYS} if planted else None


def controls(judged: Judged) -> pd.DataFrame:
    """Return the table of the controls."""
    return judged.controls.assign(between=BETWEEN, p_uncorrected=judged.controls["p"])


def _without_controls(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return the rows of environments, without those of controls."""
    return rows[~rows["environment"].isin(ledger.design.settings.controls)]


def _described(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Add the parameters and layers of the models, and the bytes of their files."""
    models = [Model(*model) for model in zip(rows["family"], rows["size"], strict=True)]
    saved = [
        (ledger.prepared(name, model) or {}) | {"files": ledger.files(name, model)}
        for name, model in zip(rows["environment"], models, strict=True)
    ]
    return rows.assign(
        case=[case(model.family, model.size) for model in models],
        parameters=[reply["parameters"] for reply in saved],
        layers=[reply["layers"] for reply in saved],
        file_bytes=[
            reply["files"][form] for reply, form in zip(saved, rows["format"], strict=True)
        ],
    ).sort_values(["case", "format", "api", "environment", "cache"])


def _versions(ledger: Ledger) -> dict[str, dict[str, str]]:
    """Return the installed versions of each environment."""
    versions = {}
    for name in ledger.design.environments:
        description = store.read_json(ledger.run.environment(name)) or {}
        versions[name] = description.get("environment", {})
    return versions


def _profiles(replies: Iterable[Line]) -> Iterator[dict[str, Any]]:
    for reply in sorted(replies, key=lambda reply: str(reply["id"])):
        for load in reply["loads"]:
            if load["outcome"] != "timed":
                continue
            total = sum(load["parts"].values()) or 1.0
            yield {
                "environment": reply["environment"],
                "format": load["format"],
                "api": load["api"],
                "case": case(reply["family"], reply["size"]),
                "seconds": load["loads_s"][-1],
                **{part: load["parts"].get(part, 0.0) / total for part in PARTS},
            }


def _imports(run: Run, controls: Iterable[str], started: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the seconds of importing TensorFlow, once in each environment of this session."""
    for name in started:
        if name not in controls:
            event = store.read_json(run.environment(name))
            cpu_s = event["import_cpu_s"]
            yield {"environment": name, "import_s": event["import_s"], "cpu_s": cpu_s}


def csv(name: str, table: pd.DataFrame) -> bytes:
    """Return a table as the CSV file of the data contract with that name.

    RFC 4180; numbers have six significant digits.
    """
    columns: Sequence[str] = TABLES[name].names if len(table.columns) else []
    table = table[list(columns)].copy()
    for column in table.select_dtypes("bool").columns:
        table[column] = table[column].map({True: "true", False: "false"})
    return table.to_csv(index=False, lineterminator="\n", float_format="%.6g").encode("utf-8")


def _raw(calls: pd.DataFrame) -> bytes:
    table = calls.assign(seconds=calls["seconds"].astype("float64").round(7))
    for column in table:
        if table[column].dtype == object or str(table[column].dtype) in ("str", "string"):
            table[column] = table[column].astype("category")
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _origin(ledger: Ledger, judged: Judged, left_out: Mapping[str, str]) -> dict[str, Any]:
    """Return the provenance of a session: its code, settings, machine, and quality."""
    run, design = ledger.run, ledger.design
    periods = list(store.read_lines(run.folder / "periods.jsonl"))
    shares = [line["others"] for line in store.read_lines(run.folder / "rounds.jsonl")]
    names = design.environments
    versions = _versions(ledger)
    return {
        **provenance.code(),
        "config": design.settings.model_dump(mode="json"),
        "keras": {name: versions[name].get("keras", "") for name in names},
        "locks": {name: installation.lock_sha256(name) for name in sorted(set(names.values()))},
        "machine": provenance.machine(run.folder) | quiet.stability(),
        **provenance.span(run.folder),
        "seconds": {
            "session": round(sum(period["end"] - period["start"] for period in periods), 1),
            "rounds": round(ledger.spent_s, 1),
        },
        "others": {"median": part(np.median(shares)), "most": part(max(shares))} if shares else {},
        **summary(judged, _without_controls(judged.quality, ledger)),
        "faults": len(ledger.failures()),
        "left_out": dict(left_out),
        "files": digests(run.records),
    }


def summary(judged: Judged, quality: pd.DataFrame) -> dict[str, Any]:
    """Return the part of the provenance that follows from the samples.

    `quality` are the rows of environments, without those of controls.
    """
    return {
        "rows": len(quality),
        "stable": int(quality["stable"].sum()),
        "between": BETWEEN,
        "pace_share": part(judged.pace_share),
        "smallest_change": part(quality["detectable"].replace(np.inf, np.nan).median()),
        "controls": [
            asdict(control) | {"between": BETWEEN, "uncorrected": control.alarms}
            for control in judged.summaries()
        ],
    }


def digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of each published file but the provenance itself."""
    return {name: storage.digest(folder / name) for name in FILES if name != ORIGIN}


def part(value: Any) -> float | None:
    """Return a number with four significant digits; None if it is not finite."""
    return float(f"{float(value):.4g}") if np.isfinite(value) else None
