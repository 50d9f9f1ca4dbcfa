"""Judge published timings anew from their published samples, without timing any load again.

Measured columns stay as they are. The columns that follow from comparisons are replaced: the
quality of the rows, the controls, the changes from release to release.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console

from experiments.records import publish as publishing
from experiments.run import store
from experiments.timings import tables
from experiments.timings.statistics import changes, judging, samples
from experiments.timings.statistics.estimates import QUALITY
from experiments.timings.statistics.neighbours import Relations
from experiments.timings.statistics.subjects import KEY
from results import storage


def publish_judged(words: Sequence[str], console: Console) -> int:
    """Judge the published timings anew and rebuild the report; return the exit status."""
    judge(publishing.PUBLISHED)
    return publishing.rebuild("Judged", console)


def judge(published: Path) -> None:
    """Replace the judged columns and tables in a published folder; do nothing without timings."""
    origin = store.read_json(published / tables.ORIGIN)
    if origin is None:
        return
    relations = Relations.of(origin["config"])
    judged = judging.judge(_turns(published), relations, origin["config"]["change"])
    quality = judged.quality[~judged.quality["environment"].isin(relations.controls)]
    rows, steps = (_text(published / name) for name in ("timings.csv", "timings_changes.csv"))
    reasons = steps[[*changes.STEP, "reason"]]
    for name, table in (
        ("timings.csv", rows.drop(columns=QUALITY).merge(quality, on=KEY, validate="1:1")),
        ("timings_control.csv", tables.controls(judged)),
        (
            "timings_changes.csv",
            changes.changes(judged.releases).merge(reasons, on=changes.STEP, validate="1:1"),
        ),
    ):
        storage.write_bytes(published / name, tables.csv(name, table))
    origin |= tables.summary(judged, quality) | {"files": tables.digests(published)}
    storage.write_json(published / tables.ORIGIN, origin)


def _turns(published: Path) -> pd.DataFrame:
    """Return the turns of the published calls."""
    calls = pd.read_parquet(published / tables.RAW)
    categories = calls.select_dtypes("category").columns
    return samples.turns(calls.astype(dict.fromkeys(categories, str)))


def _text(path: Path) -> pd.DataFrame:
    """Return a published table with its cells as they are written."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)
