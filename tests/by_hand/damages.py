"""Do damaged files end the same when they are damaged by hand? `python -m tests.by_hand.damages`.

Draws rows of corruption_files.parquet, as many of each format and end as there are, and has
damaging.py repeat each in a fresh process. Exit status 1 if one disagrees. Rows of members, which
take a tool to remove or double, of loads that were ended for their limits, and of those that do
not end the same each time are not drawn.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.config.schema import ROOT, Config
from experiments.corruption import settings
from experiments.corruption.campaign import pipeline_config
from experiments.run import addresses

from .check import Scratch, temporary

FILES = ROOT / "results" / "published" / "corruption_files.parquet"
OUTCOMES = {"right": "equal", "wrong": "different", "crash": "crash"}
NOT_DRAWN = ("hang", "out_of_memory", "varies")
FOREIGN = ("html_page", "lfs_pointer")
"""Damage whose content is another by hand, and so the words of its message."""


def drawn(files: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """Draw so many rows, spread over formats and ends."""
    known = files[~files["end"].isin(NOT_DRAWN) & (files["place"] != "member")]
    shuffled = known.sample(frac=1, random_state=seed)
    turn = shuffled.groupby(["format", "end"], observed=True).cumcount()
    return shuffled.assign(turn=turn).sort_values(["turn", "format", "end"]).head(count)


def repeated(config: Config, row: Any) -> list[str]:
    """Damage a file by hand; say what is not as it was published."""
    with temporary() as stack:
        scratch = Scratch(stack)
        words = ("damaging.py", row.format, row.what)
        told = scratch.run(config, row.environment, *words)[-1]
        found = scratch.row(told)
    wanted = {"outcome": OUTCOMES.get(row.end, "error"), "error_type": row.error_type}
    if row.end != "crash" and row.damage not in FOREIGN:
        wanted["error_message"] = row.error_message
    return [
        f"  {name} published: {value!r}\n  {name} by hand:   {found[name]!r}"
        for name, value in wanted.items()
        if found[name] != value
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Repeat a sample and say how each came out."""
    parser = argparse.ArgumentParser(prog="python -m tests.by_hand.damages", description=__doc__)
    parser.add_argument("--files", type=Path, default=FILES)
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    config = pipeline_config(settings.load([]))
    rows = list(drawn(pd.read_parquet(chosen.files), chosen.sample, chosen.seed).itertuples())
    with addresses.fixed(), ThreadPoolExecutor(2) as pool:
        wrong = list(pool.map(lambda row: repeated(config, row), rows))
    for row, faults in zip(rows, wrong, strict=True):
        place = f"{row.format}/{row.environment}/{row.place}.{row.damage}.{row.number:04}"
        print(f"{'DISAGREES' if faults else 'agrees':9}  {place:70}  {row.end}")
        print("".join(f"{fault}\n" for fault in faults), end="")
    print(f"{sum(not faults for faults in wrong)} of {len(rows)} agree")
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
