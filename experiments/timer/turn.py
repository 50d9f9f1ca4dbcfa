"""What happens in one turn of a model in an environment?

Runs in the forked child. `prepare` builds the model and saves it in each format; `time` loads each
format through each API, the floor of the same bytes before and after it, and saves it again. What a
release refuses in one format is told there and stops none of the others.
"""

import gc
import os
import shutil
import zlib

import numpy

from experiments.families import find
from experiments.scenarios import FILE_NAMES, WHOLE_MODEL, Skip
from experiments.timer import floor, memory, pages
from experiments.timer.profile import Profile
from experiments.timer.stopwatch import timed
from experiments.worker import portrait
from experiments.worker.phases import Phases

MOST_CALLS = 5
"""How often a quick load is repeated in a turn."""
MOST_FLOORS, FLOORS = 3, 0.1
"""How often a quick floor is read each time, and the part of the slice that it may take."""
STAYED = 0.01
"""The share of a file's pages that may stay in memory for a load to count as cold."""


def run(release, request, tell, artifact):
    """Carry out `request` in the current folder; return its reply without the id.

    `request`: `stage`, `family`, `arguments` of its model; `formats` to prepare; or `loads` and
    `saves` to time, in their order, with the `shapes` of what was saved, the checksums of its
    `weights`, and formats and sizes to `warm_up` with. `artifact` is the folder of the
    environment's own files.
    """
    stage = {"prepare": prepare, "time": time, "profile": profile}[request["stage"]]
    # Kept on one core, or it is moved to another, whose caches know nothing of it: without that,
    # rounds differ by half as much again. Not the first core, which has the machine's own work.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    phases = Phases(tell)
    return phases.reply(stage, release, request, phases, artifact)


def prepare(release, request, phases, artifact):
    """Build the model and save it in each format; tell of the files and of what is in them."""
    release.seed(portrait.SAVED_SEED)
    model = Author(release, request, phases).model
    portrait.fill(model, portrait.SAVED_SEED)
    shutil.rmtree(artifact, ignore_errors=True)
    saves = [
        dict(phases.reply(_prepared, model, name, phases, artifact), format=name)
        for name in request["formats"]
    ]
    innermost = [one for one in portrait.layers(model) if not getattr(one, "layers", None)]
    return {
        "outcome": "saved",
        "parameters": int(model.count_params()),
        "layers": sum(bool(portrait.weights(layer)) for layer in innermost),
        "weights": weights(model),
        "shapes": [list(map(int, variable.shape)) for variable in portrait.variables(model)],
        "saves": saves,
    }


def _prepared(model, name, phases, artifact):
    folder = os.path.join(artifact, name)
    os.makedirs(folder)
    path = os.path.join(folder, FILE_NAMES[name])
    phases.keras("save", _save, model, name, path)
    return {"outcome": "saved", "file_bytes": pages.size(path)}


def time(release, request, phases, artifact):
    """Time every load and every save that is asked for, and building the model where it is needed.

    Where a whole model is loaded first, it is the first that Keras does in its process.
    """
    release.seed(portrait.FRESH_SEED)
    author = Author(release, request, phases)
    loads = [
        Load(author, asked, artifact, first=place == 0)
        for place, asked in enumerate(request["loads"])
    ]
    for load in loads:
        load.attempt(load.begin)
        if load.first:
            _warm_up(author, artifact, request["warm_up"])
    # Round and round rather than one after the other: a disturbance of a moment hits one call of
    # each.
    wanted = loads
    while wanted:
        wanted = [load for load in wanted if load.wants_more() and load.attempt(load.again)]
    saves = [
        dict(phases.reply(_saved, author, name, artifact), format=name) for name in request["saves"]
    ]
    told = [load.told for load in loads]
    return {"outcome": "timed", "build_s": author.first_s, "loads": told, "saves": saves}


def _warm_up(author, artifact, files):
    """Load small files of other formats, so that no later load is the first to need something.

    What Keras puts off until a whole model is loaded, and TensorFlow until there is a variable,
    would otherwise fall to whichever load comes next.
    """
    for name, size in files:
        path = os.path.join(os.path.dirname(artifact), size, name, FILE_NAMES[name])
        author.phases.reply(_load_whole, author, path)
    gc.collect()


def _load_whole(author, path):
    author.phases.keras("load", author.release.load_model, "load_model", path, None)
    return {}


def profile(release, request, phases, artifact):
    """Say where the time of each load goes, once it has been loaded before."""
    release.seed(portrait.FRESH_SEED)
    author, loads = Author(release, request, phases), []
    for asked in request["loads"]:
        load = Load(author, asked, artifact, first=True)
        load.attempt(load.profile)
        loads.append(load.told)
    return {"outcome": "timed", "loads": loads}


class Author(object):
    """Has the model in code: `model` is built when it is first asked for, and then kept.

    `first_s` are the seconds that this took if nothing was loaded before, else None.
    """

    def __init__(self, release, request, phases):
        self.release, self.request, self.phases = release, request, phases
        self.loaded, self.first_s = False, None
        self._model = None

    @property
    def model(self):
        if self._model is None:
            seconds, self._model = timed(lambda: self.phases.keras("build", self._build))
            self.first_s = None if self.loaded else seconds
        return self._model

    def _build(self):
        """Build the model, compiled as its author would."""
        model = find(self.request["family"])(self.release.keras, **self.request["arguments"])
        # The loss is no string, because Keras 3 cannot load those from HDF5:
        # keras-team/keras#19441.
        model.compile(optimizer="adam", loss=self.release.keras.losses.MeanSquaredError())
        return model


def weights(model):
    """Return a checksum of each of the model's variables, sorted: releases order them otherwise."""
    arrays = (variable.numpy() for variable in portrait.variables(model))
    return sorted(zlib.crc32(numpy.ascontiguousarray(array)) for array in arrays)


def _save(model, name, path):
    """Save as a user does: the format follows from the call and the file name."""
    if name in WHOLE_MODEL:
        model.save(path)
    else:
        model.save_weights(path)


def _saved(author, name, artifact):
    """Time saving the model in one format, and writing the same bytes."""
    path, model = os.path.abspath(FILE_NAMES[name]), author.model
    source = os.path.join(artifact, name, FILE_NAMES[name])
    found = floor.of(source, author.request["shapes"])
    content = found.read()
    seconds, _ = timed(lambda: author.phases.keras("save", _save, model, name, path))
    floors = [timed(lambda: found.write(content, "floor"))[0]]
    for written in pages.files(path):
        os.remove(written)
    return {"outcome": "timed", "loads_s": [seconds], "floors_s": floors, "warmups": 0}


class Load(object):
    """One way to load one file: `asked` has `format`, `api`, `cache` and, once known, `calls`.

    `told` is what is said of it: `loads_s` and `floors_s` in pairs, each load with the floor
    directly before it; of these the first `warmups` do not count.
    """

    def __init__(self, author, asked, artifact, first):
        self.author, self.request, self.phases = author, author.request, author.phases
        self.api, self.calls = asked["api"], asked["calls"]
        self.first, self.cold = first, asked["cache"] == "cold"
        self.path = os.path.join(artifact, asked["format"], FILE_NAMES[asked["format"]])
        self.told = {key: asked[key] for key in ("format", "api", "cache")}
        self.told.update(first=first, warmups=0, loads_s=[], floors_s=[])

    def attempt(self, part):
        """Carry out a part of the load; say whether it went well, and if not, keep why."""
        self.told.update(self.phases.reply(part))
        return self.told["outcome"] == "timed"

    def begin(self):
        """Load for the first time: watch the memory, and see that it is what was saved."""
        reason = self.author.release.missing(self.api)
        if reason:
            raise Skip(reason)
        if not self.author.release.loads_whole(self.api):
            assert self.author.model is not None  # built now, and not in the load
        self.floor = floor.of(self.path, self.request["shapes"])
        self._turn_cache()
        _, floor_peak = memory.peak(self.floor.read)
        self._turn_cache()
        self._time_floor()
        self._turn_cache()
        loaded, peak = memory.peak(self._time_load)
        right = weights(loaded) == self.request["weights"]
        return {
            "outcome": "timed" if right else "different",
            "peak_bytes": peak,
            "floor_peak_bytes": floor_peak,
        }

    def wants_more(self):
        """Say whether there are fewer loads yet than are wanted.

        The first load of a process does not count, nor the first of its kind if there are several.
        How many are wanted is known, or found out here: what the turn's slice has room for.
        """
        taken = self.told["loads_s"]
        if self.cold or self.told["outcome"] != "timed":
            return False
        if self.first and len(taken) == 1:
            return True
        if self.calls is None:
            self.calls = max(1, min(MOST_CALLS, int(self.request["slice_s"] / taken[-1])))
        self.told["warmups"] = int(self.first or self.calls > 1)
        return len(taken) < self.told["warmups"] + self.calls

    def again(self):
        """Load once more, directly after the floor."""
        self._time_floor()
        self._time_load()
        return {"outcome": "timed"}

    def profile(self):
        """Load twice; sample where the second one is."""
        self._turn_cache()
        self._time_load()
        with Profile() as sampled:
            self._time_load()
        return {"outcome": "timed", "parts": sampled.parts()}

    def _turn_cache(self):
        if not self.cold:
            pages.warm(self.path)
        elif pages.evict(self.path) > STAYED:
            raise Skip("the file's pages stay in memory, so that there is no cold load")

    def _time_floor(self):
        """Time the floor: the median of a few reads if it is quick."""
        spent = [timed(self.floor.read)[0]]
        if not self.cold:
            fits = min(MOST_FLOORS, int(FLOORS * self.request["slice_s"] / spent[0]))
            spent += [timed(self.floor.read)[0] for _ in range(fits - 1)]
        self.told["floors_s"].append(float(numpy.median(spent)))

    def _time_load(self):
        """Time the load; return what was loaded."""
        if self.author.loaded and self.author.release.loads_whole(self.api):
            gc.collect()  # the model that was loaded before
        self.author.loaded = True
        keras = self.phases.keras
        spent, loaded = timed(lambda: keras("load", self._call), self.request["slower"])
        self.told["loads_s"].append(spent)
        return loaded

    def _call(self):
        release = self.author.release
        if release.loads_whole(self.api):
            return release.load_model(self.api, self.path, None)
        release.load_weights(self.api, self.author.model, self.path)
        return self.author.model
