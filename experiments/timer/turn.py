"""Carry out one turn of an environment, in a forked child.

`prepare` builds the model and saves it in each format. `time` loads each format through each API,
with a raw read of the same bytes before each load, and saves the model again. If a release refuses
a format, the reply says why, and the turn goes on with the next format.
"""

import gc
import os
import shutil

from experiments.scenarios import FILE_NAMES
from experiments.timer import memory, pages, raw_read
from experiments.timer.author import Author, save, weights
from experiments.timer.load import Load
from experiments.timer.stopwatch import timed
from experiments.worker import values
from experiments.worker.phases import Phases

SAVES = 2
"""The number of saves of a model in each format in a turn."""


def run(release, request, tell, artifact):
    """Carry out `request` in the current folder; return its reply without the id.

    `request` has `stage`, and the model's `family` and `arguments`. To prepare, it has `formats`.
    To time, it has the `shapes` and the checksums of the saved `weights`, `loads` and `saves` in
    their order, and formats and models to `warm_up` with. To profile, it has one load. `artifact`
    is the folder of the environment's files of the model.
    """
    stage = {"prepare": prepare, "time": time, "profile": profile}[request["stage"]]
    phases = Phases(tell)
    return phases.reply(stage, release, request, phases, artifact)


def prepare(release, request, phases, artifact):
    """Build the model and save it in each format; return the files, weights and shapes."""
    release.seed(values.SAVED_SEED)
    author = Author(release, request, phases)
    shutil.rmtree(artifact, ignore_errors=True)
    saves = [
        dict(phases.part(_prepared, author, name, artifact), format=name)
        for name in request["formats"]
    ]
    model = _filled(author)
    innermost = [layer for layer in values.layers(model) if not getattr(layer, "layers", None)]
    return {
        "outcome": "saved",
        "parameters": int(model.count_params()),
        "layers": sum(bool(values.weights(layer)) for layer in innermost),
        "weights": weights(model),
        "shapes": [list(map(int, variable.shape)) for variable in values.variables(model)],
        "saves": saves,
    }


def _filled(author):
    """Return another model, with the weights of every saved model."""
    model = author.another()
    values.fill(model, values.SAVED_SEED)
    return model


def _prepared(author, name, artifact):
    folder = os.path.join(artifact, name)
    os.makedirs(folder)
    path = os.path.join(folder, FILE_NAMES[name])
    author.phases.keras("save", save, _filled(author), name, path)
    return {"outcome": "saved", "file_bytes": pages.size(path)}


def time(release, request, phases, artifact):
    """Time every requested load and save of the model, and its building if a load needs it.

    If the first load is of a whole model, it is the first work of Keras in its process.
    """
    _keep_to_one_core()
    release.seed(values.FRESH_SEED)
    author = Author(release, request, phases)
    loads = [
        Load(author, load, artifact, first=number == 0)
        for number, load in enumerate(request["loads"])
    ]
    for load in loads:
        load.attempt(load.begin)
        if load.first:
            _warm_up(author, os.path.dirname(os.path.dirname(artifact)))
    # All loads take turns, so that a short disturbance affects one call of each.
    incomplete = loads
    while incomplete:
        incomplete = [
            load for load in incomplete if load.is_incomplete() and load.attempt(load.again)
        ]
    part = author.phases.part
    saves = [dict(part(_saved, author, name, artifact), format=name) for name in request["saves"]]
    replies = [load.reply for load in loads]
    return {"outcome": "timed", "build_s": author.build_s, "loads": replies, "saves": saves}


def _keep_to_one_core():
    """Stay on one core and its caches: processes that move differ half as much again.

    The first core is left to the work of the machine.
    """
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _warm_up(author, environment):
    """Load small files of other formats, so that no timed load pays for delayed initialisation.

    Keras delays work until it loads a whole model, TensorFlow until it creates a variable.
    `environment` is the folder of all files of the environment.
    """
    author.loaded = True
    for name, model in author.request["warm_up"]:
        path = os.path.join(environment, model, name, FILE_NAMES[name])
        author.phases.part(_load_whole, author, path)
    gc.collect()


def _load_whole(author, path):
    author.phases.keras("load", author.release.load_model, "load_model", path, None)
    return {}


def profile(release, request, phases, artifact):
    """Divide the time of each load among its parts, after a first load."""
    _keep_to_one_core()
    release.seed(values.FRESH_SEED)
    author, loads = Author(release, request, phases), []
    for requested in request["loads"]:
        load = Load(author, requested, artifact, first=True)
        load.attempt(load.profile)
        loads.append(load.reply)
    return {"outcome": "timed", "loads": loads}


def _saved(author, name, artifact):
    """Time saving the model in one format, and writing the same bytes without Keras."""
    path, model = os.path.abspath(FILE_NAMES[name]), author.another()
    source = os.path.join(artifact, name, FILE_NAMES[name])
    reader = raw_read.reader(source, author.request["shapes"])
    content = reader.read()
    saves, writes, paces = [], [], []
    for _ in range(SAVES):
        memory.trim()
        writes.append(timed(lambda: reader.write(content, "raw"))[0])
        memory.trim()
        spent, pace, _ = author.pace.around(
            lambda: author.phases.keras("save", save, model, name, path)
        )
        saves.append(spent)
        paces.append(pace)
        for written in (*pages.files(path), *pages.files("raw")):
            os.remove(written)
    seconds = {"loads_s": saves, "floors_s": writes, "paces_s": paces}
    return dict(seconds, outcome="timed", warmups=0)
