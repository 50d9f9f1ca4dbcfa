"""What do `hostile` and `publish-hostile` do?"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from experiments.config.faults import ConfigFaultsError
from experiments.corruption import campaigns
from experiments.environments import locks
from experiments.hostile import settings, table
from experiments.run import folders
from experiments.run.progress import Display

FINISHED, HARNESS_FAILED = 0, 1


def run(words: Sequence[str], console: Console, dry: bool) -> int:
    """Have files saved, forged and loaded; record what they did; return the exit status."""
    asked = settings.load(words)
    trials = settings.trials(asked)
    faults = locks.faults(asked.environment, {trial.environment for trial in trials})
    if faults:
        raise ConfigFaultsError(faults)
    display = Display(console)
    display.say(f"run: results/runs/{asked.name}")
    for case, count in Counter(trial.case for trial in trials).items():
        display.say(f"{case}: {count} loads; {asked.cases[case].does}")
    if dry:
        return FINISHED
    with campaigns.opened(asked, display) as campaign:
        campaign.save(trials)
        rows = campaign.load(trials)
        written = table.of(trials, rows, campaign.replies(trials))
        ours = campaign.record(asked, rows, written, table.FILES[-1])
    for line in _summary(written["hostile.csv"]):
        display.say(line)
    return HARNESS_FAILED if ours else FINISHED


def _summary(content: bytes) -> list[str]:
    """Say of each case how its files ended."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    found = []
    for case in dict.fromkeys(row["case"] for row in rows):
        ends = Counter(row["end"] for row in rows if row["case"] == case)
        told = ", ".join(f"{ends[end]} {end}" for end in table.ENDS if ends[end])
        found.append(f"{case}: {told}")
    return found


def publish(words: Sequence[str], published: Path) -> None:
    """Copy the records of a campaign to `published`, or raise `ConfigFaultsError`."""
    found = folders.named(settings.load(words).name)
    campaigns.published(found, table.FILES, published, "nox -s hostile")
