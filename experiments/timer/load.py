"""How long does one way to load one file take, in this process?"""

import os

import numpy

from experiments.scenarios import FILE_NAMES, Skip
from experiments.timer import floor, memory, pages
from experiments.timer.author import compiled, weights
from experiments.timer.profile import Profile
from experiments.timer.stopwatch import timed

MOST_CALLS = 5
"""How often a quick load is repeated in a turn."""
MOST_FLOORS, FLOORS = 3, 0.1
"""How often a quick floor is read each time, and the part of the slice that it may take."""
STAYED = 0.01
"""The share of a file's pages that may stay in memory for a load to count as cold."""


class Load(object):
    """One way to load one file: `asked` has `format`, `api`, `cache` and, once known, `calls`.

    `told` is what is said of it: `loads_s`, `floors_s` and `paces_s`, each load with the floor
    directly before it and the pace around it; of these the first `warmups` do not count.
    """

    def __init__(self, author, asked, artifact, first):
        self.author, self.request, self.phases = author, author.request, author.phases
        self.api, self.calls = asked["api"], asked.get("calls")
        self.first, self.cold = first, asked["cache"] == "cold"
        self.path = os.path.join(artifact, asked["format"], FILE_NAMES[asked["format"]])
        self.told = {key: asked[key] for key in ("format", "api", "cache")}
        self.told.update(first=first, warmups=0, loads_s=[], floors_s=[], paces_s=[])

    def attempt(self, part):
        """Carry out a part of the load; say whether it went well, and if not, keep why."""
        self.told.update(self.phases.part(part))
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
        _, floor_peak = memory.peak(self._time_floor)
        self._turn_cache()
        loaded, peak = memory.peak(self._time_load)
        right = weights(loaded) == self.request["weights"] and compiled(loaded)
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
        sampled = Profile()

        def call():
            with sampled:
                return self._call()

        self._turn_cache()
        self._time_load()
        self._time_load(call)
        return {"outcome": "timed", "parts": sampled.parts()}

    def _turn_cache(self):
        if not self.cold:
            pages.warm(self.path)
        elif pages.evict(self.path) > STAYED:
            raise Skip("the file's pages stay in memory, so that there is no cold load")

    def _time_floor(self):
        """Time the floor: the median of a few reads if it is quick."""
        spent = [self._read_floor()]
        if not self.cold:
            fits = min(MOST_FLOORS, int(FLOORS * self.request["slice_s"] / spent[0]))
            spent += [self._read_floor() for _ in range(fits - 1)]
        self.told["floors_s"].append(float(numpy.median(spent)))

    def _read_floor(self):
        memory.trim()
        return timed(self.floor.read)[0]

    def _time_load(self, call=None):
        """Time the load, as if nothing had been loaded before; return what was loaded."""
        if self.author.release.loads_whole(self.api):
            self.author.forget()
        self.author.loaded = True
        memory.trim()
        spent, pace, loaded = self.author.pace.around(
            lambda: self.phases.keras("load", call or self._call), self.request["slower"]
        )
        self.told["loads_s"].append(spent)
        self.told["paces_s"].append(pace)
        return loaded

    def _call(self):
        release = self.author.release
        if release.loads_whole(self.api):
            return release.load_model(self.api, self.path, None)
        release.load_weights(self.api, self.author.model, self.path)
        return self.author.model
