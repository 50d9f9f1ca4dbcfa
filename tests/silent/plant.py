"""Save and load, plant a fault or none, and print as JSON lines what the oracle says.

    python plant.py FORMAT…        in a folder of its own, inside an environment

Each is done in a fork, as the worker does.
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
NOTHING = "nothing"
STEPS = 3


def call(phase, function, *arguments):
    return function(*arguments)


def pictured(release, model, kind):
    inputs = models.inputs(kind)
    found = values.at_rest(release, model, inputs, call)
    found.update(values.in_training(release, model, inputs, found, call))
    return found


def found(release, form, kind, deed):
    """Return what the oracle says of a model that was loaded and then `deed` was done to."""
    tf = release.tf
    release.seed(values.SAVED_SEED)
    model = models.KINDS[kind](tf)
    values.fill(model, values.SAVED_SEED)
    for _ in range(STEPS if release.is_compiled(model) else 0):
        pictured(release, model, kind)
    model.save(NAMES[form])
    saved = pictured(release, model, kind)
    reference.store("oracle.npz", saved)
    release.seed(values.FRESH_SEED)
    loaded = release.load_model("load_model", NAMES[form], None)
    loaded = (deed(tf, loaded) if deed else None) or loaded
    return reference.compare(reference.restore("oracle.npz"), pictured(release, loaded, kind))[
        "differs"
    ]


def forked(release, form, kind, deed=None, names=""):
    """Print what is found in a process of its own; return it."""
    told = {"format": form, "kind": kind, "fault": deed.__name__ if deed else NOTHING}
    told["names"] = names
    folder = Path("-".join(told[key] for key in ("format", "kind", "fault")))
    folder.mkdir()
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        told = json.loads((folder / "told.json").read_text())
        print(json.dumps(told), flush=True)
        return told
    try:
        os.chdir(str(folder))
        told["differs"] = found(release, form, kind, deed)
    except BaseException as error:
        told["raised"] = f"{type(error).__name__}: {error}"
    Path("told.json").write_text(json.dumps(told))
    os._exit(0)


def main():
    """Compare untouched models in every format; plant each fault where its model loads best."""
    release = open_release()
    best = {}
    for kind in models.KINDS:
        untouched = [forked(release, form, kind) for form in sys.argv[1:]]
        loaded = [told for told in untouched if "differs" in told]
        best[kind] = min(loaded, key=lambda told: len(told["differs"]))["format"]
    for deed, kind, names in faults.FAULTS:
        forked(release, best[kind], kind, deed, names)


main()
