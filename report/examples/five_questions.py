"""Five questions to the published results, each answered with pandas and with DuckDB.

Run it beside the published files, or name their folder: `five_questions.py results/published`. It
needs pandas, pyarrow and duckdb, and ends with an error where the two do not agree.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

Rows = list[tuple[object, ...]]


def which_format_carries_furthest(cells: pd.DataFrame) -> Rows:
    """In which share of loads between two releases does each format work?"""
    between = cells[
        (cells["scenario"] == "round_trip")
        & (cells["saved_with"] != cells["loaded_with"])
        & cells["verdict"].isin(["works", "refused", "silent", "broken"])
    ]
    share = (between["verdict"] == "works").groupby(between["format"]).mean()
    return _pairs((100 * share).round(1).sort_index())


CARRIES = """
    SELECT format, round(100 * avg(CAST(verdict = 'works' AS DOUBLE)), 1)
    FROM cells
    WHERE scenario = 'round_trip' AND saved_with <> loaded_with
      AND verdict IN ('works', 'refused', 'silent', 'broken')
    GROUP BY format ORDER BY format
"""


def which_causes_are_silent(cells: pd.DataFrame) -> Rows:
    """How many loads of each cause go wrong without an error?"""
    silent = cells.loc[cells["verdict"] == "silent", "cause"]
    return _pairs(silent.value_counts().sort_index())


SILENT = """
    SELECT cause, count(*) FROM cells WHERE verdict = 'silent' GROUP BY cause ORDER BY cause
"""


def which_releases_raise_it(cells: pd.DataFrame) -> Rows:
    """In which releases does a load end with `Unknown layer`, and how often?"""
    unknown_layers = cells[cells["error_message"].str.contains("Unknown layer", regex=False)]
    return _pairs(unknown_layers["loaded_with"].value_counts().sort_index())


RAISES = """
    SELECT loaded_with, count(*) FROM cells
    WHERE contains(error_message, 'Unknown layer') GROUP BY loaded_with ORDER BY loaded_with
"""


def which_messages_name_their_cause(cells: pd.DataFrame) -> Rows:
    """Which part of the facts that would pinpoint the cause do messages name, by Keras version?"""
    told = cells[(cells["error_type"] != "") & (cells["facts_expected"].fillna(0) > 0)]
    sums = told.groupby("keras_major")[["facts_named", "facts_expected"]].sum()
    return _pairs((100 * sums["facts_named"] / sums["facts_expected"]).round(1).sort_index())


NAMES = """
    SELECT keras_major, round(100 * sum(facts_named) / sum(facts_expected), 1)
    FROM cells WHERE error_type <> '' AND facts_expected > 0
    GROUP BY keras_major ORDER BY keras_major
"""


def what_did_keras_3_break(cells: pd.DataFrame) -> Rows:
    """Which files that 2.15 wrote does 2.15 load and 2.16 not, by scenario?"""
    old = cells[cells["saved_with"] == "tf-2.15"]
    before = old[(old["loaded_with"] == "tf-2.15") & (old["verdict"] == "works")]
    after = old[(old["loaded_with"] == "tf-2.16") & (old["verdict"] == "broken")]
    lost = after[after["way"].isin(before["way"])]
    return _pairs(lost["scenario"].value_counts().sort_index())


BROKE = """
    SELECT after.scenario, count(*)
    FROM cells AS after JOIN cells AS before USING (way)
    WHERE after.saved_with = 'tf-2.15' AND before.saved_with = 'tf-2.15'
      AND before.loaded_with = 'tf-2.15' AND before.verdict = 'works'
      AND after.loaded_with = 'tf-2.16' AND after.verdict = 'broken'
    GROUP BY after.scenario ORDER BY after.scenario
"""

QUESTIONS: tuple[tuple[Callable[[pd.DataFrame], Rows], str], ...] = (
    (which_format_carries_furthest, CARRIES),
    (which_causes_are_silent, SILENT),
    (which_releases_raise_it, RAISES),
    (which_messages_name_their_cause, NAMES),
    (what_did_keras_3_break, BROKE),
)


def _pairs(counts: pd.Series) -> Rows:
    return list(zip(counts.index.tolist(), counts.tolist(), strict=True))


def read(folder: Path) -> pd.DataFrame:
    """Read the cells, with the major version of the loader's Keras, and the id without releases."""
    cells = pd.read_parquet(folder / "cells.parquet")
    environments = pd.read_csv(folder / "environments.csv", dtype=str, index_col="environment")
    major = environments["keras"].str.partition(".")[0]
    way = cells[["scenario", "case", "format", "api"]].agg("/".join, axis=1)
    return cells.assign(keras_major=cells["loaded_with"].map(major), way=way)


def main(folder: Path) -> int:
    """Answer each question twice; 1 if the answers differ."""
    cells = read(folder)
    differ = 0
    with duckdb.connect() as database:
        database.register("cells", cells)
        for ask, query in QUESTIONS:
            by_pandas, by_duckdb = ask(cells), database.execute(query).fetchall()
            print(str(ask.__doc__))
            for key, value in by_pandas:
                print(f"    {key}: {value}")
            if by_pandas != by_duckdb:
                differ += 1
                print(f"    DuckDB has it otherwise: {by_duckdb}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent))
