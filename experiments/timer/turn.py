"""What happens in one turn of an environment?

Runs in the forked child. `prepare` builds the model and saves it in each format; `time` loads each
format of a model through each API, the floor of the same bytes before it, and saves it again.
What a release refuses in one format is told there and stops none of the others.
"""

import gc
import os
import shutil

from experiments.scenarios import FILE_NAMES
from experiments.timer import floor, memory, pages
from experiments.timer.author import Author, save, weights
from experiments.timer.load import Load
from experiments.timer.stopwatch import timed
from experiments.worker import values
from experiments.worker.phases import Phases

SAVES = 2
"""How often a model is saved in each format in a turn."""


def run(release, request, tell, artifact):
    """Carry out `request` in the current folder; return its reply without the id.

    `request`: `stage`, and the model's `family` and `arguments`. To prepare: the `formats`. To
    time: the `shapes` of what was saved and the checksums of its `weights`, `loads` and `saves` in
    their order, and formats and models to `warm_up` with. To profile: one load. `artifact` is the
    folder of the environment's own files of the model.
    """
    stage = {"prepare": prepare, "time": time, "profile": profile}[request["stage"]]
    phases = Phases(tell)
    return phases.reply(stage, release, request, phases, artifact)


def prepare(release, request, phases, artifact):
    """Build the model and save it in each format; tell of the files and of what is in them."""
    release.seed(values.SAVED_SEED)
    author = Author(release, request, phases)
    shutil.rmtree(artifact, ignore_errors=True)
    saves = [
        dict(phases.part(_prepared, author, name, artifact), format=name)
        for name in request["formats"]
    ]
    model = _filled(author)
    innermost = [one for one in values.layers(model) if not getattr(one, "layers", None)]
    return {
        "outcome": "saved",
        "parameters": int(model.count_params()),
        "layers": sum(bool(values.weights(layer)) for layer in innermost),
        "weights": weights(model),
        "shapes": [list(map(int, variable.shape)) for variable in values.variables(model)],
        "saves": saves,
    }


def _filled(author):
    """Return one more model, with the weights of all that are saved."""
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
    """Time every load and every save that is asked for of the model, and building it if need be.

    Where a whole model is loaded first, it is the first that Keras does in its process.
    """
    _keep_to_one_core()
    release.seed(values.FRESH_SEED)
    author = Author(release, request, phases)
    loads = [
        Load(author, asked, artifact, first=place == 0)
        for place, asked in enumerate(request["loads"])
    ]
    for load in loads:
        load.attempt(load.begin)
        if load.first:
            _warm_up(author, os.path.dirname(os.path.dirname(artifact)))
    # Round and round rather than one after the other: a disturbance of a moment hits one call of
    # each.
    wanted = loads
    while wanted:
        wanted = [load for load in wanted if load.wants_more() and load.attempt(load.again)]
    part = author.phases.part
    saves = [dict(part(_saved, author, name, artifact), format=name) for name in request["saves"]]
    told = [load.told for load in loads]
    return {"outcome": "timed", "build_s": author.build_s, "loads": told, "saves": saves}


def _keep_to_one_core():
    """Stay where the caches know of it: moved about, rounds differ by half as much again.

    Not on the first core, which has the machine's own work.
    """
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _warm_up(author, environment):
    """Load small files of other formats, so that no later load is the first to need something.

    What Keras puts off until a whole model is loaded, and TensorFlow until there is a variable,
    would otherwise fall to whichever load comes next. `environment` is the folder of all its files.
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
    """Say where the time of each load goes, once it has been loaded before."""
    _keep_to_one_core()
    release.seed(values.FRESH_SEED)
    author, loads = Author(release, request, phases), []
    for asked in request["loads"]:
        load = Load(author, asked, artifact, first=True)
        load.attempt(load.profile)
        loads.append(load.told)
    return {"outcome": "timed", "loads": loads}


def _saved(author, name, artifact):
    """Time saving the model in one format, and writing the same bytes."""
    path, model = os.path.abspath(FILE_NAMES[name]), author.another()
    source = os.path.join(artifact, name, FILE_NAMES[name])
    found = floor.of(source, author.request["shapes"])
    content = found.read()
    saves, floors, paces = [], [], []
    for _ in range(SAVES):
        memory.trim()
        floors.append(timed(lambda: found.write(content, "floor"))[0])
        memory.trim()
        spent, pace, _ = author.pace.around(
            lambda: author.phases.keras("save", save, model, name, path)
        )
        saves.append(spent)
        paces.append(pace)
        for written in (*pages.files(path), *pages.files("floor")):
            os.remove(written)
    known = {"loads_s": saves, "floors_s": floors, "paces_s": paces}
    return dict(known, outcome="timed", warmups=0)
