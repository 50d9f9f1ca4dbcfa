"""What is asked beside the matrix? A plan of its own, carried out by the same pipeline.

A campaign has files saved, changes each of them as its requests say, loads them where they were
saved, and publishes a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from experiments.config import checks, hydra
from experiments.config.compose import read_environments
from experiments.config.faults import Fault
from experiments.config.hydra import Primary, plain, read_group
from experiments.config.schema import Case, Config, Environment, Family, Limits, Scenario
from experiments.corruption.trials import Trial
from experiments.environments import installation
from experiments.records import provenance, publish, recording
from experiments.run import addresses, folders
from experiments.run.pipeline import Pipeline
from experiments.run.progress import Display
from experiments.run.store import Line, Run
from results import storage
from results.contract.cells import Cause, Expected
from results.contract.columns import Row


class Settings(Protocol):
    """What the settings of every campaign have."""

    name: str
    fresh: bool
    jobs: int
    limits: Limits
    environment: dict[str, Environment]
    error: dict[str, Family]


S = TypeVar("S", bound=Settings)


def composed(
    primary: Primary[S], overrides: Sequence[str], root: Path, faults: list[Fault]
) -> S | None:
    """Compose the settings of a campaign with all environments and the whole error index.

    What is wrong with them is added to `faults`; None where there is nothing to go by.
    """
    with hydra.configs(root):
        every_environment = read_environments(root, faults)
        errors = read_group(root, "error", Family, faults)
        settings = primary.read(root, overrides, faults)
    if settings is not None:
        settings.environment, settings.error = every_environment, errors
        where = f"configs/{primary.file}.yaml or the command line"
        faults.extend(checks.run_faults(where, settings.name, settings.jobs, settings.limits))
    return settings


def work(settings: Settings) -> Config:
    """Return what the pipeline needs to know of a campaign."""
    return Config(
        name=settings.name,
        fresh=settings.fresh,
        jobs=settings.jobs,
        limits=settings.limits,
        environment=settings.environment,
        error=settings.error,
    )


@contextmanager
def opened(settings: Settings, display: Display) -> Iterator[Campaign]:
    """Hold the folder of a campaign for this process alone."""
    run = folders.named(settings.name)
    with folders.held(run):
        if settings.fresh:
            folders.set_aside(run)
        storage.write_json(run.config, plain(settings))
        yield Campaign(run, work(settings), display)


@dataclass(frozen=True)
class Campaign:
    """A run of its own: where it is kept, what the pipeline is to know of it, how it tells."""

    run: Run
    config: Config
    display: Display

    def save(self, wanted: Sequence[Trial]) -> None:
        """Have the files saved that these trials load."""
        cells = sorted({trial.cell for trial in wanted}, key=lambda cell: cell.id)
        Pipeline(self.run, self._config(wanted), cells, self.display).save()

    def files(self, trial: Trial) -> dict[str, bytes]:
        """Return the files of the model that a trial loads, by path; none if it was not saved."""
        folder = self.run.folder / "artifacts" / trial.cell.save.id / "files"
        found = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}

    def load(self, trials: Sequence[Trial]) -> list[Row]:
        """Carry out the trials; return a row of the data contract's for each, in their order."""
        extra = {trial.cell.id: trial.extra for trial in trials}
        cells = [trial.cell for trial in trials]
        pipeline = Pipeline(self.run, self._config(trials), cells, self.display, extra=extra)
        pipeline.load()
        rows = {row["cell"]: row for row in recording.rows(pipeline)}
        return [rows[cell.id] for cell in cells]

    def _config(self, trials: Sequence[Trial]) -> Config:
        return Config(**{**vars(self.config), "scenario": _scenarios(trials)})

    def record(
        self,
        settings: Settings,
        rows: Sequence[Row],
        tables: Mapping[str, bytes],
        origin: str,
        faults: int = 0,
    ) -> int:
        """Write tables, and into the file `origin` where they come from; return our faults.

        `faults` are those that no row tells of.
        """
        for name, content in tables.items():
            storage.write_bytes(self.run.records / name, content)
        told = self._origin(settings, rows, tables)
        told["faults"] += faults
        storage.write_json(self.run.records / origin, told)
        return int(told["faults"])

    def _origin(self, settings: Settings, rows: Sequence[Row], tables: Mapping[str, bytes]) -> Line:
        names = sorted({row["loaded_with"] for row in rows})
        return {
            **provenance.code(),
            "config": plain(settings),
            "locks": {name: installation.lock_sha256(name) for name in names},
            "machine": provenance.machine(self.run.folder) | {"addresses": addresses.kind()},
            **provenance.span(self.run.folder),
            "faults": sum(row["outcome"] == "harness_error" for row in rows),
            "left_out": sorted(
                {row["loaded_with"] for row in rows if publish.UNAVAILABLE in row["reason"]}
            ),
            "files": {name: storage.sha256(content) for name, content in tables.items()},
        }


def _scenarios(trials: Sequence[Trial]) -> dict[str, Scenario]:
    """Return the scenarios of trials as the pipeline knows those of the matrix."""
    found: dict[str, Scenario] = {}
    for trial in trials:
        scenario = found.setdefault(trial.scenario, Scenario(cases={}))
        scenario.cause, scenario.expected = Cause.corrupted_file, Expected.refuse
        scenario.cases[trial.case] = Case(cause=scenario.cause, expected=scenario.expected)
    return found
