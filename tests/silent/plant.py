"""Save a model, load it, plant a fault or none, and compare it with its reference values.

    python plant.py FORMAT…        in an empty folder, inside an environment

Each model is saved and loaded in a fork, as in the worker. Each reply is printed as a JSON line.
"""

# mypy: ignore-errors

import json
import os
import sys
from pathlib import Path

import faults
import models

from experiments.worker import reference, values
from experiments.worker.release import open_release

NAMES = {"h5": "model.h5", "keras": "model.keras", "savedmodel": "model"}
NO_FAULT = "nothing"
STEPS = 3


def call(phase, function, *arguments):
    return function(*arguments)


def measure(release, model, kind):
    """Return the reference values of a model."""
    inputs = models.inputs(kind)
    measured = values.at_rest(release, model, inputs, call)
    measured.update(values.in_training(release, model, inputs, measured, call))
    return measured


def differences(release, form, kind, fault):
    """Return the differences between a saved model and the loaded model with a fault."""
    tf = release.tf
    release.seed(values.SAVED_SEED)
    model = models.KINDS[kind](tf)
    values.fill(model, values.SAVED_SEED)
    for _ in range(STEPS if release.is_compiled(model) else 0):
        measure(release, model, kind)
    model.save(NAMES[form])
    reference.store("reference.npz", measure(release, model, kind))
    release.seed(values.FRESH_SEED)
    loaded = release.load_model("load_model", NAMES[form], None)
    loaded = (fault(tf, loaded) if fault else None) or loaded
    saved = reference.restore("reference.npz")
    return reference.compare(saved, measure(release, loaded, kind))["differs"]


def run_in_fork(release, form, kind, fault=None, expected=""):
    """Compare a model in a process of its own; print and return the reply."""
    reply = {"format": form, "kind": kind, "fault": fault.__name__ if fault else NO_FAULT}
    reply["expected"] = expected
    folder = Path("-".join(reply[key] for key in ("format", "kind", "fault")))
    folder.mkdir()
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        reply = json.loads((folder / "reply.json").read_text())
        print(json.dumps(reply), flush=True)
        return reply
    try:
        os.chdir(str(folder))
        reply["differs"] = differences(release, form, kind, fault)
    except BaseException as error:
        reply["raised"] = f"{type(error).__name__}: {error}"
    Path("reply.json").write_text(json.dumps(reply))
    os._exit(0)


def main():
    """Compare models without a fault in every format, then plant each fault.

    A fault is planted in the format in which its model loads with the fewest differences.
    """
    release = open_release()
    best = {}
    for kind in models.KINDS:
        replies = [run_in_fork(release, form, kind) for form in sys.argv[1:]]
        loaded = [reply for reply in replies if "differs" in reply]
        best[kind] = min(loaded, key=lambda reply: len(reply["differs"]))["format"]
    for fault, kind, expected in faults.FAULTS:
        run_in_fork(release, best[kind], kind, fault, expected)


main()
