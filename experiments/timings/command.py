"""Carries out `timings` and `publish timings`."""

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
from experiments.timings import room, settings, tables
from experiments.timings.design import Design
from experiments.timings.session import Say, Session
from results import storage

FINISHED, HARNESS_FAILED = 0, 1
RECORDS = Records(tables.FILES[:-1], tables.FILES[-1], "nox -s timings", "nox -s timings")


def run(words: Sequence[str], console: Console, *, dry_run: bool) -> int:
    """Carry out a session, record it, and say how good it is; return the exit status."""
    asked = settings.load(words)
    design = Design(asked)
    faults = locks.faults(asked.environment, set(design.environments.values()))

    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    found = folders.named(asked.name)
    for line in preview(design, found):
        say(line)
    if dry_run:
        return FINISHED
    faults.extend(room.faults(design, found.folder))
    if faults:
        raise ConfigFaultsError(faults)
    with folders.held(found):
        if asked.fresh:
            folders.set_aside(found)
        storage.write_json(found.config, asked.model_dump(mode="json"))
        session = Session(found, asked, say)
        session.play()
        status = _finish(session, say)
        if not (found.records / tables.FILES[0]).exists():
            return status
        return reporting.build_run(found, "TIMINGS.md", say, "report.products.timings") or status


def preview(design: Design, found: Run) -> Iterator[str]:
    """Say what would be timed and what it takes beyond what the run's folder has."""
    turns = sum(map(len, design.models.values()))
    apis = [f"{name}:{api}" for name, every in design.formats.items() for api in every]
    yield f"run: results/runs/{design.settings.name}"
    yield f"environments: {' '.join(design.environments)}"
    yield f"models: {' '.join(model.name for model in design.models)}"
    yield f"loads: {' '.join(apis)}"
    disk, memory = room.disk_gb(design, found.folder), room.memory_mib(design)
    yield (
        f"a round has {turns} turns and takes about {room.round_s(design):.0f} s; "
        f"disk: at most {disk:.1f} GB, memory: {memory:.0f} MiB"
    )


def _finish(session: Session, say: Say) -> int:
    """Write the records and say how many rows are stable; 1 if the harness failed somewhere."""
    if not session.ledger.replies("time"):
        say("Nothing could be timed.")
        return HARNESS_FAILED
    counts = tables.write(session)
    origin = store.read_json(session.run.records / "timings_provenance.json")
    smallest = origin["smallest_change"]
    seen = f"; changes from {smallest:.1%} on can be seen in half of them" if smallest else ""
    say(f"{counts['timings.csv']} rows, {origin['stable']} of them stable{seen}")
    for one in origin["controls"]:
        seen = f"{one['alarms']} of {one['comparisons']} comparisons differ, "
        seen += f"{one['row_alarms']} of {one['rows']} rows"
        if one["slower"]:
            seen = f"{one['found']} of {one['tried']} loads are found slower"
        say(f"{one['control']}: {seen}")
    failures = session.ledger.failures()
    if failures:
        say(f"{len(failures)} faults of the harness; the logs are under {session.run.folder}")
    return HARNESS_FAILED if failures or session.left_out else FINISHED


def publish(words: Sequence[str], console: Console) -> int:
    """Publish the records of a session.

    Of a trial, publish only its findings on planted slowdowns, beside the timings.
    """
    run = folders.named(settings.load(words).name)

    def copy() -> None:
        trial = tables.trial(store.read_json(run.records / RECORDS.origin))
        if trial:
            storage.write_json(publishing.PUBLISHED / tables.TRIAL, trial)
        else:
            publishing.copy_records(run, RECORDS)

    return publishing.publish(run, RECORDS, console, copy=copy)
