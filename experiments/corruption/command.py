"""Carry out and publish corruption campaigns for the commands of the suite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console

from experiments.config.faults import ConfigFaultsError
from experiments.corruption import judging, repeats, settings, tables
from experiments.corruption.anatomy.byte_map import UnknownStructureError
from experiments.corruption.campaign import Campaign, open_campaign
from experiments.corruption.config import Corruption
from experiments.corruption.damages import CONTROL, Damage, damages
from experiments.corruption.trials import Trial, TrialResult
from experiments.environments import locks
from experiments.records import publish as publishing
from experiments.records.publish import Records
from experiments.run import addresses, folders
from experiments.run.progress import Display

FINISHED, HARNESS_FAILED = 0, 1
RECORDS = Records(tables.FILES[:-1], tables.FILES[-1], "nox -s corruption", "nox -s corruption")
NOT_FIXED = (
    "This system gives each process other memory addresses, and cannot be kept from it: HDF5 may "
    "give another message for a few files the next time"
)


def run(words: Sequence[str], console: Console, *, dry_run: bool) -> int:
    """Save, damage and load files, and record the ends of the loads; return the exit status."""
    plan = settings.load(words)
    controls = [_trial(CONTROL, *axes) for axes in settings.selection(plan)]
    faults = locks.faults(plan.environment, {trial.environment for trial in controls})
    if faults:
        raise ConfigFaultsError(faults)
    display = Display(console)
    for line in _preview(plan, controls):
        display.say(line)
    if dry_run:
        return FINISHED
    with addresses.fixed() as granted, open_campaign(plan, display) as campaign:
        if not granted:
            display.say(NOT_FIXED)
        campaign.save(controls)
        trials, unknown_layouts = _plan_trials(campaign, controls)
        results = repeats.carry_out(campaign.load, trials, plan.again)
        return _finish(campaign, trials, results, unknown_layouts)


def publish(words: Sequence[str], console: Console) -> int:
    """Publish the records of a finished campaign."""
    return publishing.publish(folders.named(settings.load(words).name), RECORDS, console)


def _preview(plan: Corruption, controls: Sequence[Trial]) -> Iterator[str]:
    yield f"run: results/runs/{plan.name}"
    for name, count in Counter(trial.format for trial in controls).items():
        yield f"{name}: {plan.files} damaged files in each of {count} environments"
    yield f"{len(controls) * plan.files} loads in all"


def _plan_trials(campaign: Campaign, controls: Sequence[Trial]) -> tuple[list[Trial], list[str]]:
    """Return the trials: for each format and environment a control, then the chosen damages.

    The second list names the saved files whose layout is unknown: a fault of the harness each.
    """
    trials, unknown_layouts, plan = list[Trial](), list[str](), campaign.settings
    for control in controls:
        trials.append(control)  # also without files: its row then says that the save failed
        files, seed = campaign.files(control), f"{plan.seed}/{control.format}"
        if not files:
            continue
        try:
            chosen = damages(files, plan.files, plan.draws, plan.stretch, seed)
        except UnknownStructureError as error:
            unknown_layouts.append(f"{control.cell.save.id}: its layout is unknown: {error}")
            continue
        axes = (control.format, control.api, control.environment)
        trials.extend(_trial(damage, *axes) for damage in chosen)
    return trials, unknown_layouts


def _trial(damage: Damage, form: str, api: str, environment: str) -> Trial:
    return Trial(damage.case, form, api, environment, {"damage": damage.change})


def _finish(
    campaign: Campaign,
    trials: Sequence[Trial],
    results: Sequence[TrialResult],
    unknown_layouts: Sequence[str],
) -> int:
    """Write the records; print the ends of the files and the faults of the harness."""
    plan, say = campaign.settings, campaign.display.say
    failed_controls = [
        f"{trial.cell.id}: a file without damage is not loaded as it was saved"
        for trial, result in zip(trials, results, strict=True)
        if trial.case == CONTROL.case
        and result.row["outcome"] not in repeats.NOT_LOADED
        and judging.end(result.row, plan.saying) != judging.RIGHT
    ]
    faults = [*unknown_layouts, *failed_controls]
    content = tables.build(plan, trials, results)
    rows = [row for result in results for row in (result.row, *result.repeats)]
    count = campaign.record(rows, content, tables.FILES[-1], len(faults))
    for line in tables.summary(content["corruption.csv"]):
        say(line)
    for fault in faults:
        say(f"HARNESS ERROR {fault}")
    return HARNESS_FAILED if count else FINISHED
