"""Build the tables of the campaign.

`corruption_files.parquet` has a row for each damaged file in each environment. Its column `what`
holds the change from which the file can be damaged again. `corruption.csv` counts the files by
format, environment, region (column `place`) and kind of damage, with intervals.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence

import pandas as pd
from scipy.stats import binomtest

from experiments.corruption import judging
from experiments.corruption.config import Corruption
from experiments.corruption.judging import DAMAGED, ENDS, VARIES, WRONG
from experiments.corruption.trials import Trial, TrialResult

FILES = ("corruption.csv", "corruption_files.parquet", "corruption_provenance.json")
AXES = ["format", "environment", "place", "damage"]
LEVEL = 0.95
"""The confidence level of the intervals."""


def build(
    settings: Corruption, trials: Sequence[Trial], results: Sequence[TrialResult]
) -> dict[str, bytes]:
    """Return the tables by file name; trials that did not take place are left out."""
    files = pd.DataFrame(
        _file_row(trial, result, settings) for trial, result in zip(trials, results, strict=True)
    )
    damaged = (files["end"] != "") & (files["damage"] != "none")
    files = files[damaged].sort_values([*AXES, "number"], ignore_index=True)
    return {
        "corruption.csv": _csv(pd.DataFrame(_counts(files))),
        "corruption_files.parquet": _parquet(files),
    }


def summary(table: bytes) -> Iterator[str]:
    """Yield a line for each format with the ends of its damaged files."""
    counts = pd.read_csv(io.BytesIO(table))
    for name, group in counts.groupby("format"):
        parts = [f"{group[end].sum()} {end}" for end in ENDS if group[end].sum()]
        yield f"{name}: {group['files'].sum()} damaged files: {', '.join(parts)}"


def _file_row(trial: Trial, result: TrialResult, settings: Corruption) -> dict[str, object]:
    region, damage, number = trial.case.split(".")
    row = dict.fromkeys(result.row, "") if result.varies else result.row
    return {
        "format": trial.format,
        "environment": trial.environment,
        "place": region,
        "damage": damage,
        "number": int(number),
        "what": json.dumps(trial.request["damage"], sort_keys=True),
        "end": VARIES if result.varies else judging.end(row, settings.saying),
        "phase": row["phase"],
        "error_type": row["error_type"],
        "error_message": row["error_message"],
        "error_family": row["error_family"],
        "differs": row["differs"],
        "max_abs_diff": row["max_abs_diff"],
    }


def _counts(files: pd.DataFrame) -> Iterator[dict[str, object]]:
    for axes, group in files.groupby(AXES, sort=True):
        ends = Counter(group["end"])
        yield (
            dict(zip(AXES, axes, strict=True))
            | {"files": len(group)}
            | {name: ends[name] for name in ENDS}
            | _share("wrong", ends[WRONG], len(group))
            | _share("said", ends[DAMAGED], len(group))
        )


def _share(name: str, count: int, files: int) -> dict[str, float]:
    """Return a share with its exact interval (Clopper and Pearson 1934)."""
    interval = binomtest(count, files).proportion_ci(LEVEL, "exact")
    return {
        f"{name}_share": count / files,
        f"{name}_low": interval.low,
        f"{name}_high": interval.high,
    }


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n", float_format="%.6g").encode("utf-8")


def _parquet(files: pd.DataFrame) -> bytes:
    files = files.assign(max_abs_diff=pd.to_numeric(files["max_abs_diff"]))
    for name in files.columns.difference(["number", "max_abs_diff"]):
        files[name] = files[name].astype("category")
    buffer = io.BytesIO()
    files.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()
