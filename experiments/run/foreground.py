"""Carries one cell out in the foreground, for a user who looks into it.

The save is carried out or reused, as in every run. The load, or a save that failed, then has the
terminal to itself. Its reply is shown and not recorded.
"""

from __future__ import annotations

import subprocess
import tempfile

from experiments.config.schema import ROOT
from experiments.environments import installation, pinning
from experiments.environments.installation import Ready
from experiments.run import store
from experiments.run.pipeline import Pipeline


def run(pipeline: Pipeline, stops: bool) -> int:
    """Carry out the one cell of a pipeline that has done its saves; return the exit status."""
    (cell,) = pipeline.cells
    request = pipeline.planner.load_request(cell) or pipeline.planner.save_request(cell.save)
    name = cell.loaded_with if request["stage"] == "load" else cell.saved_with
    environment = pipeline.config.environment[name]
    ready = installation.prepare(name, environment)
    if not isinstance(ready, Ready):
        pipeline.display.say(f"{name} is unavailable: {ready.reason}\n    {ready.next_step}")
        return 1
    pipeline.display.say(f"{request['stage']} with {name}: {request['id']}")
    with tempfile.TemporaryDirectory(prefix="foreground-") as home:
        path = pipeline.run.folder / "requests" / "foreground.jsonl"
        store.write_lines(path, [request])
        words = [str(ready.python), "-m", "experiments.worker", "--foreground", str(path.resolve())]
        variables = pinning.pinned_variables(environment)
        return subprocess.run(
            words + (["--pdb"] if stops else []),
            cwd=pipeline.run.folder,
            env={**variables, "HOME": home, "TMPDIR": home, "PYTHONPATH": str(ROOT)},
            check=False,
        ).returncode
