"""Let the pipeline of the matrix save and load the files of a campaign, and write its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from experiments.config.schema import Case, Config, Forecast, Pairs, Scenario
from experiments.corruption.config import Corruption
from experiments.corruption.trials import SCENARIO, Trial
from experiments.environments import installation
from experiments.records import provenance, recording
from experiments.run import addresses, folders
from experiments.run.pipeline import Pipeline
from experiments.run.progress import Display
from experiments.run.store import Line, Run
from results import storage
from results.contract.cells import Cause, Expected
from results.contract.columns import Row


@contextmanager
def open_campaign(settings: Corruption, display: Display) -> Iterator[Campaign]:
    """Yield the campaign, and keep other processes out of its folder."""
    run = folders.named(settings.name)
    with folders.held(run):
        if settings.fresh:
            folders.set_aside(run)
        storage.write_json(run.config, settings.model_dump(mode="json"))
        yield Campaign(run, settings, display)


@dataclass(frozen=True)
class Campaign:
    """A run that loads damaged files: its folder, its settings, its display."""

    run: Run
    settings: Corruption
    display: Display

    def save(self, trials: Sequence[Trial]) -> None:
        """Save the files that these trials load."""
        self._pipeline(trials).save()

    def files(self, trial: Trial) -> dict[str, bytes]:
        """Return the saved files of a trial's model by path; empty if the save failed."""
        folder = self.run.folder / "artifacts" / trial.cell.save.id / "files"
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

    def load(self, trials: Sequence[Trial]) -> list[Row]:
        """Carry out the trials; return a row of the data contract for each, in their order."""
        pipeline = self._pipeline(trials)
        pipeline.load()
        rows = {row["cell"]: row for row in recording.rows(pipeline)}
        return [rows[trial.cell.id] for trial in trials]

    def _pipeline(self, trials: Sequence[Trial]) -> Pipeline:
        requests = {trial.cell.id: trial.request for trial in trials}
        cells = [trial.cell for trial in trials]
        config = pipeline_config(self.settings, [trial.case for trial in trials])
        return Pipeline(self.run, config, cells, self.display, extra=requests)

    def record(
        self, rows: Sequence[Row], tables: Mapping[str, bytes], origin: str, faults: int = 0
    ) -> int:
        """Write the tables, and their provenance to the file `origin`.

        `faults` is the number of faults of the harness that have no row. Returns the number of all
        faults of the harness.
        """
        for name, table in tables.items():
            storage.write_bytes(self.run.records / name, table)
        faults += sum(row["outcome"] == "harness_error" for row in rows)
        content = self._provenance(rows, tables) | {"faults": faults}
        storage.write_json(self.run.records / origin, content)
        return faults

    def _provenance(self, rows: Sequence[Row], tables: Mapping[str, bytes]) -> Line:
        names = sorted({row["loaded_with"] for row in rows})
        return {
            **provenance.code(),
            "config": self.settings.model_dump(mode="json"),
            "locks": {name: installation.lock_sha256(name) for name in names},
            "machine": provenance.machine(self.run.folder) | {"addresses": addresses.kind()},
            **provenance.span(self.run.folder),
            "left_out": sorted(
                {row["loaded_with"] for row in rows if recording.UNAVAILABLE in row["reason"]}
            ),
            "files": {name: storage.sha256(content) for name, content in tables.items()},
        }


def pipeline_config(settings: Corruption, cases: Sequence[str] = ()) -> Config:
    """Return the configuration of the pipeline, with the trials as cases of one scenario."""
    scenario = Scenario(
        question="Is a damaged file refused?",
        cause=Cause.corrupted_file,
        expected=Expected.refuse,
        pairs=Pairs.diagonal,
        formats={},
        cases={case: Case() for case in cases},
    )
    return Config(
        name=settings.name,
        fresh=settings.fresh,
        jobs=settings.jobs,
        limits=settings.limits,
        forecast=Forecast(install_s=0, import_s=0, cell_s=0, environment_gb=0, cell_mb=0),
        environment=settings.environment,
        error=settings.error,
        scenario={SCENARIO: scenario},
    )
