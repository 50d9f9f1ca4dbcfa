"""Load damaged files three times, and compare their ends with published ones.

`python -m tests.by_hand.repeating` draws rows of a corruption_files.parquet and loads each file
three times in each of two ways, each time in another process:

- `plain`: the system decides on addresses and on the content of memory;
- `filled`: addresses are fixed, and the C library fills memory with another byte each time.

A file `varies` if its three loads do not end alike. It printed, in November 2026, for 171 files of
TensorFlow 2.4, 2.9 and 2.15 whose published ends came from up to 18 loads with memory strewn about
HDF5's own (commit e7873e3):

- of 135 files with another end than `varies`, all 135 have that end in both ways;
- of 36 files that varied, 15 vary in the plain way and 14 in the filled way. Of the 21 others in
  the plain way, 2 ended otherwise in a fourth load: the campaign fixes addresses and fills memory.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
from rich.console import Console

from experiments.config.schema import ROOT
from experiments.corruption import judging, settings
from experiments.corruption.campaign import open_campaign
from experiments.corruption.repeats import COMPARED
from experiments.corruption.trials import Trial
from experiments.run import addresses
from experiments.run.progress import Display
from experiments.run.protocol import Extra
from results.contract.columns import Row

FILES = ROOT / "results" / "published" / "corruption_files.parquet"
HDF5 = ("h5", "weights_h5", "keras_weights_h5")
SENSITIVE = ("attribute", "global_heap", "superblock")
"""The places whose damage may lead HDF5 out of its own memory."""
BY_CHANCE = ("varies", "crash", "out_of_memory")
TUNABLES = "GLIBC_TUNABLES"
FILLED = "glibc.malloc.perturb={}:glibc.malloc.tcache_count=0"
WAYS: Mapping[str, Sequence[str]] = {
    "plain": ("", "", ""),
    "filled": tuple(FILLED.format(byte) for byte in (255, 1, 171)),
}
"""The tunables of the C library at each of the three loads."""


def drawn(files: pd.DataFrame, environment: str, count: int, seed: int) -> pd.DataFrame:
    """Draw rows of an environment.

    All rows of sensitive places that may be by chance, and `count` of the others in these and in
    other places. Files that never end are left out: each would take minutes.
    """
    own = files[(files["environment"] == environment) & files["format"].isin(HDF5)]
    own = own[own["end"] != "hang"]
    sensitive, by_chance = own["place"].isin(SENSITIVE), own["end"].isin(BY_CHANCE)
    groups = (own[sensitive & ~by_chance], own[~sensitive & ~by_chance])
    samples = (group.sample(min(count, len(group)), random_state=seed) for group in groups)
    return pd.concat([own[sensitive & by_chance], *samples])


def load_of(row: Any, apis: Mapping[str, str]) -> Trial:
    """Return the load of a published row."""
    case = f"{row.place}.{row.damage}.{row.number:04}"
    request: Extra = {"damage": json.loads(row.what)}
    return Trial(case, row.format, apis[row.format], row.environment, request)


@contextmanager
def drawn_addresses() -> Iterator[bool]:
    """Leave the addresses of new processes to the system."""
    yield False


def three_loads(trials: Sequence[Trial], way: str) -> list[list[Row]]:
    """Load each file three times; return the rows of each time, in the order of the trials."""
    rounds = []
    for number, tunables in enumerate(WAYS[way], 1):
        chosen = settings.load([f"name=repeating-{way}-{number}", "jobs=1"])
        for name, environment in chosen.environment.items():
            variables = {**environment.variables, TUNABLES: tunables}
            if not tunables:
                del variables[TUNABLES]
            chosen.environment[name] = replace(environment, variables=variables)
        placed = (
            nullcontext() if tunables else mock.patch.object(addresses, "fixed", drawn_addresses)
        )
        with placed, open_campaign(chosen, Display(Console())) as campaign:
            campaign.save(trials)
            rounds.append(campaign.load(trials))
    return rounds


def end_of(rows: Sequence[Row], saying: Sequence[str]) -> str:
    """Return the end that all loads of a file share, or `varies`."""
    alike = all(row[name] == rows[0][name] for row in rows for name in COMPARED)
    return judging.end(rows[0], saying) if alike else judging.VARIES


def main(arguments: Sequence[str] | None = None) -> int:
    """Load a sample and print its ends beside the published ones."""
    parser = argparse.ArgumentParser(prog="python -m tests.by_hand.repeating", description=__doc__)
    parser.add_argument("--files", type=Path, default=FILES)
    parser.add_argument("--environments", nargs="+", default=["tf-2.4", "tf-2.9", "tf-2.15"])
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args(arguments)
    files, plan = pd.read_parquet(words.files), settings.load([])
    apis = {name: loaded.api for name, loaded in plan.formats.items()}
    rows = [
        row
        for name in words.environments
        for row in drawn(files, name, words.count, words.seed).itertuples()
    ]
    trials = [load_of(row, apis) for row in rows]
    for way in WAYS:
        ends = Counter[tuple[str, str]]()
        for row, trial, *loads in zip(rows, trials, *three_loads(trials, way), strict=True):
            end = end_of(loads, plan.saying)
            ends[str(row.end), end] += 1
            if end != row.end:
                print(f"{way}: {trial.cell.id}: published {row.end}, here {end}")
        print(f"{way}: {len(rows)} files, {3 * len(rows)} loads")
        for (published, end), count in sorted(ends.items()):
            print(f"{way}:   published {published:20} here {end:20} {count:5}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
