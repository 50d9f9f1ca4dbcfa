"""How do the timings stand in the published files?

`timings.csv` as the data contract has it, every call in `timings_raw.parquet`, and what follows
from them in a table each: the controls, the changes from release to release, the exponents, the
profiles, the imports, what could not be timed. `timings_provenance.json` says where they come from.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from experiments.environments import installation
from experiments.records import provenance
from experiments.run import store
from experiments.run.store import Line, Run
from experiments.timings import room
from experiments.timings.design import Model
from experiments.timings.ledger import PREPARE, PROFILE, TIME
from experiments.timings.session import Session
from experiments.timings.statistics import changes, estimates, judging, samples, scaling
from experiments.timings.statistics.judging import Judged
from results import storage

CONTRACT = [
    *("case", "format", "api", "environment", "parameters", "file_bytes", "cache", "rounds"),
    *("samples", "median_s", "ci_low_s", "ci_high_s", "floor_s", "ratio_to_floor", "ratio_low"),
    *("ratio_high", "peak_rss_bytes", "stable"),
]
"""The columns of the data contract."""
LATER = [
    *("family", "size", "layers", "first_s", "build_s", "peak_over_floor_bytes", "noise"),
    *("detectable", "rounds_needed"),
]
"""Columns at their right."""
PARTS = ("reading", "building", "assigning", "other")
FILES = (
    "timings.csv",
    "timings_raw.parquet",
    "timings_control.csv",
    "timings_changes.csv",
    "timings_scaling.csv",
    "timings_profile.csv",
    "timings_imports.csv",
    "timings_untimed.csv",
    "timings_provenance.json",
)
TRIAL = "timings_trial.json"
"""What a trial says of the comparison: a session some of whose controls were slowed on purpose."""
TOLD = (
    *("schema_version", "suite_version", "git_commit", "command_line", "machine", "start", "end"),
    *("seconds", "others", "rows", "stable", "between", "smallest_change", "controls"),
)
"""What is published of a trial, of its provenance."""


def write(session: Session) -> dict[str, int]:
    """Write the records of a session; return how many rows each table has."""
    run, settings, ledger = session.run, session.settings, session.ledger
    timed = ledger.replies(TIME)
    turns = samples.turns(timed)
    judged = judging.judge(turns, settings)
    rows = judged.rows[~judged.rows["environment"].isin(settings.controls)]
    real = _described(estimates.with_intervals(rows, turns, settings.seed), session)
    answers = [
        reply
        for reply in (*ledger.replies(PREPARE), *timed)
        if reply["environment"] not in settings.controls
    ]
    tables = {
        "timings.csv": real[[*CONTRACT, *LATER]],
        "timings_control.csv": judged.controls.drop(columns="df"),
        "timings_changes.csv": changes.changes(
            judged.releases, real, judged.between, _versions(run, session)
        ),
        "timings_scaling.csv": scaling.exponents(real),
        "timings_profile.csv": pd.DataFrame(_profiles(ledger.replies(PROFILE))),
        "timings_imports.csv": pd.DataFrame(_imports(run, session)),
        "timings_untimed.csv": pd.DataFrame(samples.untimed(answers)),
    }
    for name, table in tables.items():
        storage.write_bytes(run.records / name, _csv(table))
    storage.write_bytes(run.records / "timings_raw.parquet", _raw(timed))
    storage.write_json(run.records / "timings_provenance.json", _origin(session, judged))
    return {name: len(table) for name, table in tables.items()}


def trial(origin: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is published of a session that was a trial; None if it was none."""
    planted = any(one["slower"] for one in origin["controls"])
    return {key: origin[key] for key in TOLD} if planted else None


def _described(rows: pd.DataFrame, session: Session) -> pd.DataFrame:
    """Add what is known of the model and its file."""
    models = [Model(*of) for of in zip(rows["family"], rows["size"], strict=True)]
    of = [
        (session.ledger.prepared(name, model) or {}) | {"files": session.ledger.files(name, model)}
        for name, model in zip(rows["environment"], models, strict=True)
    ]
    return rows.assign(
        case=[model.case for model in models],
        parameters=[one["parameters"] for one in of],
        layers=[one["layers"] for one in of],
        file_bytes=[one["files"][form] for one, form in zip(of, rows["format"], strict=True)],
        peak_over_floor_bytes=rows["peak_rss_bytes"] - rows["floor_peak_bytes"],
    ).sort_values(["case", "format", "api", "environment", "cache"])


def _versions(run: Run, session: Session) -> dict[str, dict[str, str]]:
    found = {}
    for name in session.design.environments:
        description = store.read_json(run.environment(name)) or {}
        found[name] = description.get("environment", {})
    return found


def _profiles(replies: Iterable[Line]) -> Iterable[dict[str, Any]]:
    for reply in sorted(replies, key=lambda one: str(one["id"])):
        for one in reply["loads"]:
            if one["outcome"] != "timed":
                continue
            total = sum(one["parts"].values()) or 1.0
            yield {
                "environment": reply["environment"],
                "format": one["format"],
                "api": one["api"],
                "case": Model(reply["family"], reply["size"]).case,
                "seconds": one["loads_s"][-1],
                **{part: one["parts"].get(part, 0.0) / total for part in PARTS},
            }


def _imports(run: Run, session: Session) -> Iterable[dict[str, Any]]:
    """Say how long each environment took to import TensorFlow, once, in this session."""
    for name in session.players:
        if name not in session.settings.controls:
            said = store.read_json(run.environment(name))
            yield {"environment": name, "import_s": said["import_s"], "cpu_s": said["import_cpu_s"]}


def _csv(table: pd.DataFrame) -> bytes:
    """Write a table as the other files of the contract are: RFC 4180, six digits that count."""
    table = table.copy()
    for name in table.select_dtypes("bool").columns:
        table[name] = table[name].map({True: "true", False: "false"})
    return table.to_csv(index=False, lineterminator="\n", float_format="%.6g").encode("utf-8")


def _raw(timed: list[Line]) -> bytes:
    table = samples.calls(timed)
    table["seconds"] = table["seconds"].astype("float64").round(7)
    for column in table:
        if table[column].dtype == object or str(table[column].dtype) in ("str", "string"):
            table[column] = table[column].astype("category")
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _origin(session: Session, judged: Judged) -> dict[str, Any]:
    """Return where the timings come from, and what the run says of itself."""
    run, settings = session.run, session.settings
    periods = list(store.read_lines(run.folder / "periods.jsonl"))
    others = [line["others"] for line in store.read_lines(run.folder / "rounds.jsonl")]
    real = judged.rows[~judged.rows["environment"].isin(settings.controls)]
    names = session.design.environments
    versions = _versions(run, session)
    return {
        **provenance.code(),
        "config": settings.model_dump(mode="json"),
        "keras": {name: versions[name].get("keras", "") for name in names},
        "locks": {name: installation.lock_sha256(name) for name in sorted(set(names.values()))},
        "machine": provenance.machine(run.folder) | room.stability(),
        **provenance.span(run.folder),
        "seconds": {
            "session": round(sum(one["end"] - one["start"] for one in periods), 1),
            "rounds": round(session.ledger.spent_s, 1),
        },
        "others": {"median": _part(np.median(others)), "most": _part(max(others))}
        if others
        else {},
        "rows": len(real),
        "stable": int(real["stable"].sum()),
        "between": _part(judged.between),
        "pace_share": _part(judged.pace_share),
        "smallest_change": _part(real["detectable"].replace(np.inf, np.nan).median()),
        "controls": [asdict(one) for one in judged.controls_said()],
        "faults": len(session.ledger.failures()),
        "left_out": session.left_out,
        "files": {
            name: storage.digest(run.records / name)
            for name in FILES
            if name != "timings_provenance.json"
        },
    }


def _part(value: Any) -> float | None:
    """Round to four digits that count; what cannot be known is None."""
    return float(f"{float(value):.4g}") if np.isfinite(value) else None
