"""What do `corruption` and `publish-corruption` do?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from experiments import campaigns, locks, runs
from experiments.campaigns import PRISTINE, Campaign, Trial
from experiments.corruption import settings, tables
from experiments.corruption.anatomy.canvas import UnknownStructureError
from experiments.corruption.config import Corruption
from experiments.corruption.damages import CONTROL, Damage, damages
from experiments.corruption.judging import RIGHT
from experiments.faults import ConfigFaultsError, Fault
from experiments.progress import Display
from experiments.records import Row

FINISHED, HARNESS_FAILED = 0, 1
SCENARIO = "_damaged"


def run(words: Sequence[str], console: Console, dry: bool) -> int:
    """Have files saved, damaged and loaded; record what became of them; return the exit status."""
    asked = settings.load(words)
    wanted = [Trial(SCENARIO, PRISTINE, *of, {}) for of in settings.chosen(asked)]
    faults = locks.faults(asked.environment, {trial.environment for trial in wanted})
    if faults:
        raise ConfigFaultsError(faults)
    display = Display(console)
    for line in _preview(asked, wanted):
        display.say(line)
    if dry:
        return FINISHED
    with campaigns.opened(asked, display) as campaign:
        campaign.save(wanted)
        trials = [trial for one in wanted for trial in _damaged(campaign, one, asked)]
        rows = campaign.load(trials)
        return _finish(campaign, asked, trials, rows)


def publish(words: Sequence[str], published: Path) -> None:
    """Copy the records of a campaign to `published`, or raise `ConfigFaultsError`."""
    found = runs.named(settings.load(words).name)
    campaigns.published(found, tables.FILES, published, "nox -s corruption")


def _preview(asked: Corruption, wanted: Sequence[Trial]) -> Iterator[str]:
    yield f"run: results/runs/{asked.name}"
    formats = Counter(trial.format for trial in wanted)
    for name, count in formats.items():
        yield f"{name}: {asked.files} damaged files in each of {count} environments"
    yield f"{len(wanted) * asked.files} loads in all"


def _damaged(campaign: Campaign, one: Trial, asked: Corruption) -> Iterator[Trial]:
    """Yield the trials of a format in an environment: as many damages, and none, as a control."""
    files = campaign.files(one)
    if not files:
        yield _trial(one, CONTROL)  # what was not saved is told of there
        return
    yield _trial(one, CONTROL)
    seed = f"{asked.seed}/{one.format}"
    try:
        found = damages(files, asked.files, asked.draws, asked.stretch, seed)
    except UnknownStructureError as error:
        what = f"the files of {one.format} are laid out otherwise than is known: {error}"
        fix = "Teach experiments/corruption/anatomy that layout, or leave the environment out."
        raise ConfigFaultsError([Fault(one.environment, what, fix)]) from None
    for damage in found:
        yield _trial(one, damage)


def _trial(one: Trial, damage: Damage) -> Trial:
    of = (one.format, one.api, one.environment)
    return Trial(SCENARIO, damage.case, *of, {"damage": damage.what})


def _finish(
    campaign: Campaign, asked: Corruption, trials: Sequence[Trial], rows: Sequence[Row]
) -> int:
    """Write the records; say what became of the files, and whether all is as it should be."""
    say, written = campaign.display.say, tables.of(asked, trials, rows)
    faults_of_ours = campaign.record(asked, rows, written, tables.FILES[-1])
    for line in tables.summary(written["corruption.csv"]):
        say(line)
    ends = tables.ends(asked, rows)
    unlike = [
        trial.cell.id
        for trial, end in zip(trials, ends, strict=True)
        if trial.case == CONTROL.case and end != RIGHT
    ]
    for identity in unlike:
        say(f"HARNESS ERROR {identity}: what was not damaged is not loaded as it was saved")
    return HARNESS_FAILED if unlike or faults_of_ours else FINISHED
