"""Carries out `corruption` and `publish corruption`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console

from experiments.config.faults import ConfigFaultsError
from experiments.corruption import again, campaigns, judging, settings, tables
from experiments.corruption.again import Ended
from experiments.corruption.anatomy.canvas import UnknownStructureError
from experiments.corruption.campaigns import Campaign
from experiments.corruption.config import Corruption
from experiments.corruption.damages import CONTROL, Damage, damages
from experiments.corruption.trials import PRISTINE, Trial
from experiments.environments import locks
from experiments.records import publish as publishing
from experiments.records.publish import Records
from experiments.run import addresses, folders
from experiments.run.progress import Display

FINISHED, HARNESS_FAILED = 0, 1
RECORDS = Records(tables.FILES[:-1], tables.FILES[-1], "nox -s corruption", "nox -s corruption")
SCENARIO = "_damaged"
NOT_FIXED = (
    "This system places memory anew for each process, and cannot be told not to: "
    "HDF5 may say something else of a few files the next time"
)


def run(words: Sequence[str], console: Console, *, dry_run: bool) -> int:
    """Have files saved, damaged and loaded; record what became of them; return the exit status."""
    asked = settings.load(words)
    wanted = [Trial(SCENARIO, PRISTINE, *of, {}) for of in settings.chosen(asked)]
    faults = locks.faults(asked.environment, {trial.environment for trial in wanted})
    if faults:
        raise ConfigFaultsError(faults)
    display = Display(console)
    for line in _preview(asked, wanted):
        display.say(line)
    if dry_run:
        return FINISHED
    with addresses.fixed() as granted, campaigns.opened(asked, display) as campaign:
        if not granted:
            display.say(NOT_FIXED)
        campaign.save(wanted)
        trials, unknown = _planned(campaign, wanted, asked)
        ended = again.ended(campaign, trials, asked.again)
        return _finish(campaign, asked, trials, ended, unknown)


def publish(words: Sequence[str], console: Console) -> int:
    """Publish the records of a finished campaign."""
    return publishing.publish(folders.named(settings.load(words).name), RECORDS, console)


def _preview(asked: Corruption, wanted: Sequence[Trial]) -> Iterator[str]:
    yield f"run: results/runs/{asked.name}"
    formats = Counter(trial.format for trial in wanted)
    for name, count in formats.items():
        yield f"{name}: {asked.files} damaged files in each of {count} environments"
    yield f"{len(wanted) * asked.files} loads in all"


def _planned(
    campaign: Campaign, wanted: Sequence[Trial], asked: Corruption
) -> tuple[list[Trial], list[str]]:
    """Return as many damages of each format in each environment, and none of each, as a control.

    Beside them, what is wrong with files that are laid out otherwise than is known.
    """
    trials, unknown = list[Trial](), list[str]()
    for one in wanted:
        trials.append(_trial(one, CONTROL))  # where nothing was saved, it tells of that
        files, seed = campaign.files(one), f"{asked.seed}/{one.format}"
        try:
            found = damages(files, asked.files, asked.draws, asked.stretch, seed) if files else []
        except UnknownStructureError as error:
            unknown.append(f"{one.cell.save.id}: laid out otherwise than is known: {error}")
            continue
        trials.extend(_trial(one, damage) for damage in found)
    return trials, unknown


def _trial(one: Trial, damage: Damage) -> Trial:
    of = (one.format, one.api, one.environment)
    return Trial(SCENARIO, damage.case, *of, {"damage": damage.what})


def _finish(
    campaign: Campaign,
    asked: Corruption,
    trials: Sequence[Trial],
    ended: Sequence[Ended],
    unknown: Sequence[str],
) -> int:
    """Write the records; say what became of the files, and whether all is as it should be."""
    unlike = [
        f"{trial.cell.id}: what was not damaged is not loaded as it was saved"
        for trial, one in zip(trials, ended, strict=True)
        if trial.case == CONTROL.case
        and one.row["outcome"] not in again.NOT_LOADED
        and judging.end(one.row, asked.saying) != judging.RIGHT
    ]
    say, written = campaign.display.say, tables.of(asked, trials, ended)
    more = [*unknown, *unlike]
    rows = [row for one in ended for row in (one.row, *one.again)]
    faults = campaign.record(asked, rows, written, tables.FILES[-1], len(more))
    for line in tables.summary(written["corruption.csv"]):
        say(line)
    for fault in more:
        say(f"HARNESS ERROR {fault}")
    return HARNESS_FAILED if faults else FINISHED
