"""Carry out and publish sessions of timings for the commands of the suite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from experiments.config.faults import ConfigFaultsError
from experiments.environments import locks
from experiments.records import publish as publishing
from experiments.records import reporting
from experiments.records.publish import Records
from experiments.run import folders, store
from experiments.run.store import Run
from experiments.timings import capacity, settings, tables
from experiments.timings.design import Design
from experiments.timings.session import Say, Session
from results import storage

FINISHED, HARNESS_FAILED = 0, 1
RECORDS = Records(tables.FILES[:-1], tables.ORIGIN, "nox -s timings", "nox -s timings")


def run(words: Sequence[str], console: Console, *, dry_run: bool) -> int:
    """Carry out a session, record it, and print its quality; return the exit status."""
    plan = settings.load(words)
    design = Design(plan)
    faults = locks.faults(plan.environment, set(design.environments.values()))

    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    named = folders.named(plan.name)
    for line in preview(design, named):
        say(line)
    if dry_run:
        return FINISHED
    faults.extend(capacity.faults(design, named.folder))
    if faults:
        raise ConfigFaultsError(faults)
    with folders.held(named):
        if plan.fresh:
            folders.set_aside(named)
        storage.write_json(named.config, plan.model_dump(mode="json"))
        session = Session(named, plan, say)
        session.carry_out()
        status = _finish(session, say)
        if not (named.records / tables.FILES[0]).exists():
            return status
        return reporting.build_run(named, "TIMINGS.md", say, "report.products.timings") or status


def preview(design: Design, named: Run) -> Iterator[str]:
    """Yield lines about the selection and about the disk, memory and time that it needs."""
    turns = sum(map(len, design.models.values()))
    loads = [f"{name}:{api}" for name, apis in design.formats.items() for api in apis]
    yield f"run: results/runs/{design.settings.name}"
    yield f"environments: {' '.join(design.environments)}"
    yield f"models: {' '.join(model.name for model in design.models)}"
    yield f"loads: {' '.join(loads)}"
    disk, memory = capacity.disk_gb(design, named.folder), capacity.memory_mib(design)
    yield (
        f"a round has {turns} turns and takes about {capacity.round_s(design):.0f} s; "
        f"disk: at most {disk:.1f} GB, memory: {memory:.0f} MiB"
    )


def _finish(session: Session, say: Say) -> int:
    """Write the records and print the quality of the session; return 1 if the harness failed."""
    if not session.ledger.replies("time"):
        say("Nothing could be timed.")
        return HARNESS_FAILED
    counts = tables.write(session.ledger, session.processes, session.left_out)
    origin = store.read_json(session.run.records / tables.ORIGIN)
    smallest = origin["smallest_change"]
    half = f"; half of them can show changes from {smallest:.1%} on" if smallest else ""
    say(f"{counts['timings.csv']} rows, {origin['stable']} of them stable{half}")
    for control in origin["controls"]:
        text = (
            f"{control['alarms']} of {control['comparisons']} comparisons differ, "
            f"{control['row_alarms']} of {control['rows']} rows"
        )
        if control["slower"]:
            text = f"{control['found']} of {control['tried']} loads are found slower"
        say(f"{control['control']}: {text}")
    failures = session.ledger.failures()
    if failures:
        say(f"{len(failures)} faults of the harness; the logs are under {session.run.folder}")
    return HARNESS_FAILED if failures or session.left_out else FINISHED


def publish(words: Sequence[str], console: Console) -> int:
    """Publish the records of a session.

    A trial publishes only the results of its controls, in a file beside the timings.
    """
    run = folders.named(settings.load(words).name)

    def copy() -> None:
        trial = tables.trial(store.read_json(run.records / RECORDS.origin))
        if trial:
            storage.write_json(publishing.PUBLISHED / tables.TRIAL, trial)
        else:
            publishing.copy_records(run, RECORDS)

    return publishing.publish(run, RECORDS, console, copy=copy)
