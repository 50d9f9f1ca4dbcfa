"""What does each command of the suite do?

One function per command; each returns its exit status.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from experiments.config import compose, hydra
from experiments.config import matrix as matrices
from experiments.config.faults import ConfigFaultsError, Fault, nearest
from experiments.config.schema import ROOT
from experiments.environments import doctor as doctors
from experiments.environments import forecast, locks
from experiments.environments.uv import UvError
from experiments.records import recording, reporting
from experiments.run import folders
from experiments.run.pipeline import Pipeline
from experiments.run.progress import Display
from experiments.run.store import Run
from results import storage

FINISHED, HARNESS_FAILED = 0, 1


def run(known: argparse.Namespace, words: Sequence[str], console: Console) -> int:
    """Carry out the command that was parsed, with the words that were left over."""
    command = known.command
    others = {
        "lock": lock,
        "doctor": doctor,
        "gather": gather,
        "publish": publish,
        "publish-timings": publish_timings,
        "publish-corruption": publish_corruption,
        "judge": judge,
        "verify": verify,
        "archive": archive,
        "bench": bench,
        "chaos": chaos,
    }
    if command in others:
        return others[command](words, console)
    stages = {
        "matrix": matrix,
        "save": save,
        "load": load,
        "record": record,
        "cell": cell,
        "timings": timings,
        "corruption": corruption,
    }
    return stages[command](known, words, console)


def matrix(known: argparse.Namespace, words: Sequence[str], console: Console) -> int:
    """Plan, save, load, record and report everything that is selected."""
    with _pipeline(known, words, console) as pipeline:
        if known.dry_run:
            return _dry_run(pipeline, console)
        pending = pipeline.pending()
        if pending:
            for line in forecast.preview(pipeline.config, pipeline.environments, pending):
                console.print(line, highlight=False, markup=False, soft_wrap=True)
        pipeline.save()
        pipeline.load()
        status = _finish(pipeline, console)
        return reporting.of_run(pipeline.run, pipeline.display.say) or status


def save(known: argparse.Namespace, words: Sequence[str], console: Console) -> int:
    """Carry out the saves of one environment, or of all."""
    with _pipeline(known, words, console) as pipeline:
        if known.dry_run:
            return _dry_run(pipeline, console)
        pipeline.save()
        return FINISHED if not pipeline.display.failures else HARNESS_FAILED


def load(known: argparse.Namespace, words: Sequence[str], console: Console) -> int:
    """Carry out the loads of one environment, or of all; their saves must be there."""
    with _pipeline(known, words, console) as pipeline:
        if known.dry_run:
            return _dry_run(pipeline, console)
        pipeline.load()
        missing = pipeline.unsaved()
        for name, count in sorted(missing.items()):
            console.print(
                f"{count} cells wait for save({name}): nox -s 'save({name})'", markup=False
            )
        return HARNESS_FAILED if missing or pipeline.display.failures else FINISHED


def record(known: argparse.Namespace, words: Sequence[str], console: Console) -> int:
    """Write the records of what was run so far."""
    with _pipeline(known, words, console) as pipeline:
        return _finish(pipeline, console)


def cell(known: argparse.Namespace, words: Sequence[str], console: Console) -> int:
    """Carry one cell out in the foreground; with --pdb, stop where Keras raises."""
    from experiments.run import foreground

    with _pipeline(known, words, console) as pipeline:
        if len(pipeline.cells) != 1:
            what = f"{len(pipeline.cells)} cells are selected"
            fix = "Give the whole id of one: scenario/case/format/api/saver/loader."
            raise ConfigFaultsError([Fault(" ".join(words) or "cell", what, fix)])
        if known.dry_run:
            return _dry_run(pipeline, console)
        pipeline.save()
        return foreground.run(pipeline, known.pdb)


def gather(words: Sequence[str], console: Console) -> int:
    """Put the parts of a run that were made elsewhere together; record and report them."""
    from experiments.run import gather as gathering

    overrides = [word for word in words if "=" in word]
    parts = [Run(Path(word)) for word in words if "=" not in word]
    with _pipeline(argparse.Namespace(environment="", dry_run=False), overrides, console) as whole:
        replies = gathering.gather(parts, whole.run)
        console.print(f"{replies} replies of {len(parts)} parts", highlight=False)
        whole.planner.forget()
        status = _finish(whole, console)
        return reporting.of_run(whole.run, whole.display.say) or status


def publish(words: Sequence[str], console: Console) -> int:
    """Put the finished run of the full plan into results/published and rebuild the report."""
    from experiments.records import publish as publishing

    config = compose.load(words)
    publishing.publish(folders.named(config.name), config, _published())
    return _rebuilt("Published", console)


def judge(words: Sequence[str], console: Console) -> int:
    """Derive anew what is said about the published cells, and rebuild the report."""
    from experiments.records import publish as publishing

    publishing.judge(compose.load(words), _published())
    return _rebuilt("Judged", console)


def verify(words: Sequence[str], console: Console) -> int:
    """Repeat published cells by their standalone scripts, and compare what these find."""
    from experiments.records import verify as verifying

    return verifying.run(words, console)


def archive(words: Sequence[str], console: Console) -> int:
    """Put code, data, report, site and paper into one archive, the same bytes each time."""
    from experiments.records import archive as archiving

    return archiving.run(words, console)


def timings(known: argparse.Namespace, words: Sequence[str], console: Console) -> int:
    """Time loads and saves in every environment that is selected; record and report them."""
    from experiments.timings import command

    return command.run(words, console, known.dry_run)


def publish_timings(words: Sequence[str], console: Console) -> int:
    """Put finished timings into results/published and rebuild the report."""
    from experiments.timings import command

    command.publish(words, _published())
    return _rebuilt("Published", console)


def corruption(known: argparse.Namespace, words: Sequence[str], console: Console) -> int:
    """Damage files in every way and place, load them, and record what becomes of them."""
    from experiments.corruption import command

    return command.run(words, console, known.dry_run)


def publish_corruption(words: Sequence[str], console: Console) -> int:
    """Put a finished corruption campaign into results/published and rebuild the report."""
    from experiments.corruption import command

    command.publish(words, _published())
    return _rebuilt("Published", console)


def lock(words: Sequence[str], console: Console) -> int:
    """Resolve the locks of the named environments, or of all and the suite's own."""
    environments = compose.load([]).environment
    every = [*environments, *locks.TOOLS]
    faults = [
        Fault(word, "no such environment", nearest(word, every))
        for word in words
        if word not in every
    ]
    if faults:
        raise ConfigFaultsError(faults)
    status = FINISHED
    for name in words or every:
        try:
            change = locks.write(name, environments.get(name))
        except UvError as error:
            status, change = HARNESS_FAILED, f"could not be resolved: {error}"
        console.print(f"{name}: {change}", highlight=False, markup=False, soft_wrap=True)
    return status


def doctor(words: Sequence[str], console: Console) -> int:
    """Say which interpreters and environments are there, and how to get the others."""
    if words:
        raise ConfigFaultsError([Fault(words[0], "doctor takes no arguments", "Leave it out.")])
    return doctors.run(console)


def chaos(words: Sequence[str], console: Console) -> int:
    """Disturb a small run again and again, and see whether it ends as if undisturbed."""
    from experiments.chaos import command

    return command.run(words, console)


def bench(words: Sequence[str], console: Console) -> int:
    """Measure what the harness costs beside TensorFlow."""
    from experiments import bench as benches

    return benches.run(words, console)


@contextmanager
def _pipeline(
    known: argparse.Namespace, words: Sequence[str], console: Console
) -> Iterator[Pipeline]:
    """Compose, check and select; hold the run's folder for this process alone."""
    config = compose.load(words)
    cells = matrices.cells(config)
    only = known.environment
    if only and only not in config.environment:
        fix = nearest(only, config.environment)
        raise ConfigFaultsError([Fault(f"--environment {only}", "no such environment", fix)])
    used = {cell.saved_with for cell in cells} | {cell.loaded_with for cell in cells}
    faults = locks.faults(config.environment, used)
    if faults:
        raise ConfigFaultsError(faults)
    run = folders.named(config.name)
    if known.dry_run:
        yield Pipeline(run, config, cells, Display(console), only)
        return
    with folders.held(run):
        if config.fresh:
            folders.set_aside(run)
        pipeline = Pipeline(run, config, cells, Display(console), only)
        storage.write_json(run.config, hydra.plain(config))
        yield pipeline


def _dry_run(pipeline: Pipeline, console: Console) -> int:
    """Say what would run: cells by environment, forecast; run nothing."""
    planner = pipeline.planner
    saves = {name: len(found) for name, found in planner.outstanding_saves(pipeline.cells).items()}
    open_loads = [cell for cell in pipeline.cells if pipeline.is_open(cell)]
    loads = Counter(cell.loaded_with for cell in open_loads)
    console.print(f"run: results/runs/{pipeline.run.folder.name}", highlight=False)
    console.print(f"{'environment':<14}{'saves':>8}{'loads':>8}", highlight=False)
    for name in pipeline.environments:
        console.print(f"{name:<14}{saves.get(name, 0):>8}{loads[name]:>8}", highlight=False)
    total = f"{'in all':<14}{sum(saves.values()):>8}{len(open_loads):>8}"
    console.print(f"{total}   of {len(pipeline.cells)} cells", highlight=False)
    for line in forecast.preview(
        pipeline.config, pipeline.environments, sum(saves.values()) + len(open_loads)
    ):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return FINISHED


def _finish(pipeline: Pipeline, console: Console) -> int:
    """Record; say what became of the cells, and each fault of the harness with its log."""
    rows = recording.record(pipeline)
    console.print(recording.summary(rows), highlight=False, soft_wrap=True)
    errors = recording.harness_errors(rows)
    for reason, cells in errors.items():
        which = cells[0] if len(cells) == 1 else f"{len(cells)} cells, the first {cells[0]}"
        pipeline.display.say(f"HARNESS ERROR in {which}\n    {reason}")
    if errors:
        pipeline.display.say(f"The logs are under results/runs/{pipeline.run.folder.name}.")
    return HARNESS_FAILED if errors else FINISHED


def _published() -> Path:
    return ROOT / "results" / "published"


def _rebuilt(done: str, console: Console) -> int:
    """Say what was done to the published results, and build the report anew."""
    console.print(f"{done}. Rebuilding the report.")
    return reporting.build(_published(), ROOT / "report" / "pages")
