"""Carries out `corruption` and `publish corruption`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console

from experiments.config.faults import ConfigFaultsError
from experiments.corruption import again, campaign, judging, settings, tables
from experiments.corruption.anatomy.canvas import UnknownStructureError
from experiments.corruption.campaign import Campaign
from experiments.corruption.config import Corruption
from experiments.corruption.damages import CONTROL, Damage, damages
from experiments.corruption.trials import Ended, Trial
from experiments.environments import locks
from experiments.records import publish as publishing
from experiments.records.publish import Records
from experiments.run import addresses, folders
from experiments.run.progress import Display

FINISHED, HARNESS_FAILED = 0, 1
RECORDS = Records(tables.FILES[:-1], tables.FILES[-1], "nox -s corruption", "nox -s corruption")
NOT_FIXED = (
    "This system places memory anew for each process, and refuses to stop: HDF5 may give another "
    "message for a few files the next time"
)


def run(words: Sequence[str], console: Console, *, dry_run: bool) -> int:
    """Have files saved, damaged and loaded; record their ends; return the exit status."""
    chosen = settings.load(words)
    controls = [_trial(CONTROL, *axes) for axes in settings.chosen(chosen)]
    faults = locks.faults(chosen.environment, {trial.environment for trial in controls})
    if faults:
        raise ConfigFaultsError(faults)
    display = Display(console)
    for line in _preview(chosen, controls):
        display.say(line)
    if dry_run:
        return FINISHED
    with addresses.fixed() as granted, campaign.opened(chosen, display) as at_work:
        if not granted:
            display.say(NOT_FIXED)
        at_work.save(controls)
        trials, unknown = _planned(at_work, controls)
        ended = again.ended(at_work.load, trials, chosen.again)
        return _finish(at_work, trials, ended, unknown)


def publish(words: Sequence[str], console: Console) -> int:
    """Publish the records of a finished campaign."""
    return publishing.publish(folders.named(settings.load(words).name), RECORDS, console)


def _preview(chosen: Corruption, controls: Sequence[Trial]) -> Iterator[str]:
    yield f"run: results/runs/{chosen.name}"
    for name, count in Counter(trial.format for trial in controls).items():
        yield f"{name}: {chosen.files} damaged files in each of {count} environments"
    yield f"{len(controls) * chosen.files} loads in all"


def _planned(at_work: Campaign, controls: Sequence[Trial]) -> tuple[list[Trial], list[str]]:
    """Return the trials: for each format and environment a control, then the drawn damages.

    Beside them, the faults of files whose layout is unknown.
    """
    trials, unknown, chosen = list[Trial](), list[str](), at_work.settings
    for control in controls:
        trials.append(control)  # where nothing was saved, its row says so
        files, seed = at_work.files(control), f"{chosen.seed}/{control.format}"
        if not files:
            continue
        try:
            drawn = damages(files, chosen.files, chosen.draws, chosen.stretch, seed)
        except UnknownStructureError as error:
            unknown.append(f"{control.cell.save.id}: its layout is unknown: {error}")
            continue
        axes = (control.format, control.api, control.environment)
        trials.extend(_trial(damage, *axes) for damage in drawn)
    return trials, unknown


def _trial(damage: Damage, form: str, api: str, environment: str) -> Trial:
    return Trial(damage.case, form, api, environment, {"damage": damage.what})


def _finish(
    at_work: Campaign, trials: Sequence[Trial], ended: Sequence[Ended], unknown: Sequence[str]
) -> int:
    """Write the records; say how the files ended, and name the faults of ours."""
    chosen, say = at_work.settings, at_work.display.say
    unlike = [
        f"{trial.cell.id}: a file without damage is not loaded as it was saved"
        for trial, end in zip(trials, ended, strict=True)
        if trial.case == CONTROL.case
        and end.row["outcome"] not in again.NOT_LOADED
        and judging.end(end.row, chosen.saying) != judging.RIGHT
    ]
    faults = [*unknown, *unlike]
    written = tables.of(chosen, trials, ended)
    rows = [row for end in ended for row in (end.row, *end.again)]
    count = at_work.record(rows, written, tables.FILES[-1], len(faults))
    for line in tables.summary(written["corruption.csv"]):
        say(line)
    for fault in faults:
        say(f"HARNESS ERROR {fault}")
    return HARNESS_FAILED if count else FINISHED
