"""Carries out the stages of a run of the matrix: plan, save, load, record, report.

Each function is a command and returns its exit status.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from experiments.config import compose
from experiments.config import matrix as matrices
from experiments.config.faults import ConfigFaultsError, Fault, nearest
from experiments.environments import forecast, locks
from experiments.records import recording, reporting
from experiments.run import folders, foreground, gather
from experiments.run.pipeline import Pipeline
from experiments.run.progress import Display
from experiments.run.store import Run
from results import storage

FINISHED, HARNESS_FAILED = 0, 1


def matrix(words: Sequence[str], console: Console, *, dry_run: bool, environment: str) -> int:
    """Plan, save, load, record and report every selected cell."""
    with opened(words, console, dry_run, environment) as pipeline:
        if dry_run:
            return preview(pipeline)
        pending = pipeline.pending()
        if pending:
            for line in forecast.preview(pipeline.config, pipeline.environments, pending):
                pipeline.display.say(line)
        pipeline.save()
        pipeline.load()
        return finish(pipeline)


def save(words: Sequence[str], console: Console, *, dry_run: bool, environment: str) -> int:
    """Save the models of one environment, or of all."""
    with opened(words, console, dry_run, environment) as pipeline:
        if dry_run:
            return preview(pipeline)
        pipeline.save()
        return HARNESS_FAILED if pipeline.display.failures else FINISHED


def load(words: Sequence[str], console: Console, *, dry_run: bool, environment: str) -> int:
    """Load the saved models in one environment, or in all; 1 if a save is missing."""
    with opened(words, console, dry_run, environment) as pipeline:
        if dry_run:
            return preview(pipeline)
        pipeline.load()
        missing = pipeline.unsaved()
        for name, count in sorted(missing.items()):
            pipeline.display.say(f"{count} cells wait for save({name}): nox -s 'save({name})'")
        return HARNESS_FAILED if missing or pipeline.display.failures else FINISHED


def cell(words: Sequence[str], console: Console, *, dry_run: bool, pdb: bool) -> int:
    """Run one cell in the foreground; with `pdb`, stop where Keras raises."""
    with opened(words, console, dry_run) as pipeline:
        if len(pipeline.cells) != 1:
            problem = f"{len(pipeline.cells)} cells are selected"
            fix = "Give the whole id of one: scenario/case/format/api/saver/loader."
            raise ConfigFaultsError([Fault(" ".join(words) or "cell", problem, fix)])
        if dry_run:
            return preview(pipeline)
        pipeline.save()
        return foreground.run(pipeline, pdb)


def record(words: Sequence[str], console: Console) -> int:
    """Record and report the finished cells; words that are folders are parts of the run.

    The replies of the parts are copied into the run first.
    """
    parts = [Run(Path(word)) for word in words if is_folder(word)]
    with opened([word for word in words if not is_folder(word)], console) as pipeline:
        if parts:
            replies = gather.gather(parts, pipeline.run)
            pipeline.display.say(f"{replies} replies of {len(parts)} parts")
            pipeline.planner.forget()
        return finish(pipeline)


def is_folder(word: str) -> bool:
    """Say whether a word of the command line is a folder and not part of the selection."""
    return "=" not in word and (Path(word).is_absolute() or Path(word).is_dir())


@contextmanager
def opened(
    words: Sequence[str], console: Console, dry_run: bool = False, environment: str = ""
) -> Iterator[Pipeline]:
    """Compose and check the configuration, and hold the run's folder for this process alone.

    A dry run holds and writes nothing. Raises `ConfigFaultsError`.
    """
    config = compose.load(words)
    cells = matrices.cells(config)
    if environment and environment not in config.environment:
        fix = nearest(environment, config.environment)
        option = f"--environment {environment}"
        raise ConfigFaultsError([Fault(option, "no such environment", fix)])
    used = {cell.saved_with for cell in cells} | {cell.loaded_with for cell in cells}
    faults = locks.faults(config.environment, used)
    if faults:
        raise ConfigFaultsError(faults)
    run = folders.named(config.name)
    if dry_run:
        yield Pipeline(run, config, cells, Display(console), environment)
        return
    with folders.held(run):
        if config.fresh:
            folders.set_aside(run)
        pipeline = Pipeline(run, config, cells, Display(console), environment)
        storage.write_json(run.config, config.model_dump(mode="json"))
        yield pipeline


def preview(pipeline: Pipeline) -> int:
    """Print the outstanding saves and loads of each environment and the forecast."""
    requests, say = pipeline.planner.outstanding_saves(pipeline.cells), pipeline.display.say
    saves = {name: len(saves) for name, saves in requests.items()}
    pending = [cell for cell in pipeline.cells if pipeline.is_open(cell)]
    loads = Counter(cell.loaded_with for cell in pending)
    say(f"run: results/runs/{pipeline.run.folder.name}")
    say(f"{'environment':<14}{'saves':>8}{'loads':>8}")
    for name in pipeline.environments:
        say(f"{name:<14}{saves.get(name, 0):>8}{loads[name]:>8}")
    total = f"{'in all':<14}{sum(saves.values()):>8}{len(pending):>8}"
    say(f"{total}   of {len(pipeline.cells)} cells")
    count = sum(saves.values()) + len(pending)
    for line in forecast.preview(pipeline.config, pipeline.environments, count):
        say(line)
    return FINISHED


def finish(pipeline: Pipeline) -> int:
    """Record and report the run; print every fault of the harness with the place of its log."""
    say, rows = pipeline.display.say, recording.record(pipeline)
    say(recording.summary(rows))
    errors = recording.harness_errors(rows)
    for reason, cells in errors.items():
        names = cells[0] if len(cells) == 1 else f"{len(cells)} cells, the first {cells[0]}"
        say(f"HARNESS ERROR in {names}\n    {reason}")
    if errors:
        say(f"The logs are under results/runs/{pipeline.run.folder.name}.")
    return reporting.of_run(pipeline.run, say) or (HARNESS_FAILED if errors else FINISHED)
