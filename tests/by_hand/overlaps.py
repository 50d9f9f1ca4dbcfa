"""Do two runs of the timings tell the same? `python -m tests.by_hand.overlaps FIRST SECOND`.

FIRST and SECOND are folders with a timings.csv and a timings_changes.csv, such as results/published
and results/runs/timings/records. Compares the 95 % intervals of the ratio of load to floor, row by
row, and says for each way to load or save how many overlap, and by what the ratios differ; then the
intervals of what each release changed. Exit status 1 if fewer than nine in ten of the rows overlap,
or if the runs have not the same rows.

Ratios to the floor are of one machine, by what it reads with and what it computes with: hold runs
of the same machine against each other to judge the suite.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

KEY = ["case", "format", "api", "cache", "environment"]
WAY = ["format", "api", "cache"]
RATIO = ["ratio_to_floor", "ratio_low", "ratio_high"]
STEP = ["before", "after", "family", "format", "api", "cache"]
CHANGE = ["ratio", "low", "high"]
AGREED = 0.9


def compared(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Lay the rows of both side by side: `side` of a row is `both` if both runs have it.

    `overlaps` says whether their intervals do, which those of a single round, who have none, do
    not; `change` is the second ratio over the first.
    """
    sides = [one[[*KEY, *RATIO]] for one in (first, second)]
    found = sides[0].merge(sides[1], on=KEY, how="outer", suffixes=("", "_again"), indicator="side")
    change = found["ratio_to_floor_again"] / found["ratio_to_floor"]
    return found.assign(overlaps=overlapping(found, *RATIO[1:]), change=change)


def overlapping(found: pd.DataFrame, low: str, high: str) -> pd.Series:
    """Say of each row whether its interval overlaps with the one of the second run."""
    return (found[low] <= found[f"{high}_again"]) & (found[f"{low}_again"] <= found[high])


def changes(first: pd.DataFrame, second: pd.DataFrame) -> str:
    """Say of how many changes between releases both runs tell the same, and of how many not."""
    columns = [*STEP, *CHANGE, "changed"]
    found = first[columns].merge(second[columns], on=STEP, suffixes=("", "_again"))
    proven = found[found["changed"] & found["changed_again"]]
    against = (proven["ratio"] > 1) != (proven["ratio_again"] > 1)
    return (
        f"{overlapping(found, *CHANGE[1:]).sum()} of {len(found)} intervals of changes between"
        f" releases overlap; {found['changed'].sum()} and {found['changed_again'].sum()} are beyond"
        f" noise, {len(proven)} in both runs, of which {against.sum()} go the other way"
    )


def summary(both: pd.DataFrame) -> pd.DataFrame:
    """Return for each way its rows, how many overlap, and the median of the changes."""
    return both.groupby(WAY).agg(
        rows=("overlaps", "size"), overlap=("overlaps", "sum"), change=("change", "median")
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two runs and say where they do not agree."""
    parser = argparse.ArgumentParser(prog="python -m tests.by_hand.overlaps", description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    chosen = parser.parse_args(arguments)
    folders = (chosen.first, chosen.second)
    found = compared(*(pd.read_csv(one / "timings.csv") for one in folders))
    both = found[found["side"] == "both"]
    print(summary(both).to_string(float_format="{:.3f}".format))
    apart = both[~both["overlaps"]]
    furthest = apart.assign(size=np.abs(np.log(apart["change"]))).nlargest(20, "size")
    print(f"\nFurthest apart:\n{furthest[[*KEY, *RATIO, 'change']].to_string(index=False)}")
    print(f"\n{changes(*(pd.read_csv(one / 'timings_changes.csv') for one in folders))}")
    single = len(found) - len(both)
    print(f"\n{len(both) - len(apart)} of {len(both)} intervals overlap", end="")
    print(f", {single} rows are in one of the runs only" if single else "")
    return 0 if not single and len(both) - len(apart) >= AGREED * len(both) else 1


if __name__ == "__main__":
    sys.exit(main())
