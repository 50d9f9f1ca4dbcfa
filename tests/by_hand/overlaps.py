"""Do two runs of the timings tell the same? `python -m tests.by_hand.overlaps FIRST SECOND`.

FIRST and SECOND are folders with a timings.csv, such as results/published and
results/runs/again/records. Compares the 95 % intervals of the ratio of load to floor, row by row,
and says for each way to load or save how many overlap, and by what the ratios differ. Exit status 1
if fewer than nine in ten of all do, or if the runs have not the same rows.
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
AGREED = 0.9


def compared(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Lay the rows of both side by side: `side` of a row is `both` if both runs have it.

    `overlaps` says whether their intervals do, which those of a single round, who have none, do
    not; `change` is the second ratio over the first.
    """
    sides = [one[[*KEY, *RATIO]] for one in (first, second)]
    found = sides[0].merge(sides[1], on=KEY, how="outer", suffixes=("", "_again"), indicator="side")
    overlaps = (found["ratio_low"] <= found["ratio_high_again"]) & (
        found["ratio_low_again"] <= found["ratio_high"]
    )
    change = found["ratio_to_floor_again"] / found["ratio_to_floor"]
    return found.assign(overlaps=overlaps, change=change)


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
    found = compared(*(pd.read_csv(one / "timings.csv") for one in (chosen.first, chosen.second)))
    both = found[found["side"] == "both"]
    print(summary(both).to_string(float_format="{:.3f}".format))
    apart = both[~both["overlaps"]]
    furthest = apart.assign(size=np.abs(np.log(apart["change"]))).nlargest(20, "size")
    print(f"\nFurthest apart:\n{furthest[[*KEY, *RATIO, 'change']].to_string(index=False)}")
    single = len(found) - len(both)
    print(f"\n{len(both) - len(apart)} of {len(both)} intervals overlap", end="")
    print(f", {single} rows are in one of the runs only" if single else "")
    return 0 if not single and len(both) - len(apart) >= AGREED * len(both) else 1


if __name__ == "__main__":
    sys.exit(main())
