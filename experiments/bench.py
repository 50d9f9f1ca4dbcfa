"""What does the harness cost beside TensorFlow?

Ratios, each of two things measured in one go on the same work: a process per cell against a fork
per cell; a run's wall time against its floor; a run with nothing to do against the run itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.config import compose, matrix
from experiments.config.faults import ConfigFaultsError, Fault
from experiments.config.schema import ROOT
from experiments.environments import installation, pinning
from experiments.environments.installation import Ready
from experiments.run import store, workers
from experiments.run.protocol import Event, Request
from experiments.run.reuse.keys import Keys
from experiments.run.reuse.outstanding import Planner
from experiments.run.store import Run

ENVIRONMENTS = ("tf-2.4", "tf-2.15", "tf-2.21")
"""One release of Keras 2 as a part of TensorFlow, one beside it, one of Keras 3."""

CELLS = ["scenario=[round_trip]", "format=[h5,keras,keras_weights_h5]"]
PROCESSES = 8
"""How many cells are also run in a process each; every one of them imports TensorFlow."""


def run(words: Sequence[str], console: Console) -> int:
    """Print each ratio with its parts; `words` select what the timed run is made of."""
    say(console, "(a) the same cells by fork and by a process per cell")
    for name in ENVIRONMENTS:
        say(console, "    " + fork_against_process(name))
    say(console, "(b) a run's wall time over its floor, (sum of imports + sum of cells) / cores")
    selection = list(words) or ["plan=quick"]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        first = timed_run(Path(folder), selection)
        say(console, "    " + wall_over_floor(Path(folder), first))
        again = timed_run(Path(folder), selection)
    say(console, "(c) the same run with nothing to do")
    say(console, f"    {again:.2f} s, 1/{first / again:.0f} of the run's {first:.1f} s")
    return 0


def say(console: Console, text: str) -> None:
    """Print a line as it is."""
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def fork_against_process(name: str) -> str:
    """Measure one environment: the same cells forked from one worker, and in a worker each."""
    config = compose.load([*CELLS, f"environment=[{name}]"])
    answer = installation.prepare(name, config.environment[name])
    if not isinstance(answer, Ready):
        raise ConfigFaultsError([Fault(name, answer.reason, answer.next_step)])
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Worker(Run(Path(folder)), name, answer.python, config)
        cells = matrix.cells(config)
        bench.time("save", bench.planner.outstanding_saves(cells)[name])
        bench.planner.forget()
        requests = bench.planner.outstanding_loads(cells)[name]
        bench.time("load", requests[:1])  # so that both sides find the same files in memory
        forked, importing = bench.time("load", requests)
        forked = (forked - importing) / len(requests)
        apart = sum(bench.time("load", [r])[0] for r in requests[:PROCESSES]) / PROCESSES
    return (
        f"{name}: {apart / forked:.0f} × "
        f"(process {apart:.2f} s, fork {forked:.3f} s a cell; {len(requests)} cells)"
    )


class Worker:
    """Starts workers on requests and measures them."""

    def __init__(self, run: Run, name: str, python: Path, config: Any) -> None:
        self.run, self.name, self.python = run, name, python
        self.variables = pinning.pinned_variables(config.environment[name])
        self.planner = Planner(run, config, Keys(config, {name: installation.lock_sha256(name)}))

    def time(self, stage: str, requests: list[Request]) -> tuple[float, float]:
        """Answer the requests anew; return seconds of wall time, and those until ready."""
        self.run.replies(stage, self.name).unlink(missing_ok=True)
        began, ready = time.perf_counter(), [0.0]

        def listen(event: Event) -> None:
            if event.get("event") == "ready":
                ready[0] = time.perf_counter() - began

        worker = workers.Worker(self.run, stage, self.name, self.python, self.variables, listen)
        worker.answer(requests)
        return time.perf_counter() - began, ready[0]


def timed_run(folder: Path, selection: Sequence[str]) -> float:
    """Run the matrix in a process of its own, in a run folder of its own; return wall seconds."""
    command = [sys.executable, "-m", "experiments", "matrix", *selection]
    began = time.perf_counter()
    subprocess.run(
        command,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "KERAS_LOAD_MATRIX_RUNS": str(folder)},
    )
    return time.perf_counter() - began


def wall_over_floor(folder: Path, wall: float) -> str:
    """Compare a run's wall time with what TensorFlow alone would have taken on all cores."""
    (run,) = (Run(path) for path in folder.iterdir())
    imports = cells = 0.0
    for path in (run.folder / "environments").glob("*.json"):
        imports += sum(store.read_json(path)["imports"].values())
    for path in (run.folder / "replies").glob("*/*.jsonl"):
        cells += sum(float(line["wall_s"]) for line in store.latest(path).values())
    cores = os.cpu_count() or 1
    floor = (imports + cells) / cores
    return (
        f"{wall / floor:.2f} (wall {wall:.1f} s, floor {floor:.1f} s: "
        f"imports {imports:.1f} s + cells {cells:.1f} s, {cores} cores)"
    )
