"""Time one way to load one file, in this process."""

import os

import numpy

from experiments.scenarios import FILE_NAMES, Skip
from experiments.timer import memory, pages, raw_read
from experiments.timer.author import compiled, weights
from experiments.timer.profile import Profile
from experiments.timer.stopwatch import timed

MOST_CALLS = 5
"""How often a quick load is repeated in a turn."""
MOST_READS, READS = 3, 0.1
"""The most raw reads before a call, and the part of the slice that they may take."""
STAYED = 0.01
"""The largest share of a file's pages that stays in memory before a cold load."""


class Load(object):
    """One way to load one file: `load` has `format`, `api`, `cache` and perhaps `calls`.

    `reply` has `loads_s`, `floors_s` and `paces_s`: for each call its seconds, the raw read time
    directly before it, and the pace around it. The first `warmups` calls do not count.
    """

    def __init__(self, author, load, artifact, first):
        self.author, self.request, self.phases = author, author.request, author.phases
        self.api, self.calls = load["api"], load.get("calls")
        self.first, self.cold = first, load["cache"] == "cold"
        self.path = os.path.join(artifact, load["format"], FILE_NAMES[load["format"]])
        self.reply = {key: load[key] for key in ("format", "api", "cache")}
        self.reply.update(first=first, warmups=0, loads_s=[], floors_s=[], paces_s=[])

    def attempt(self, part):
        """Carry out a part of the load; return whether it succeeded, and keep the reason if not."""
        self.reply.update(self.phases.part(part))
        return self.reply["outcome"] == "timed"

    def begin(self):
        """Load for the first time: measure the memory, and check the loaded weights."""
        reason = self.author.release.missing(self.api)
        if reason:
            raise Skip(reason)
        if not self.author.release.loads_whole(self.api):
            assert self.author.model is not None  # builds the model before the load
        self.raw_read = raw_read.reader(self.path, self.request["shapes"])
        self._turn_cache()
        _, read_peak = memory.peak(self._time_raw_read)
        self._turn_cache()
        loaded, peak = memory.peak(self._time_load)
        right = weights(loaded) == self.request["weights"] and compiled(loaded)
        return {
            "outcome": "timed" if right else "different",
            "peak_bytes": peak,
            "floor_peak_bytes": read_peak,
        }

    def is_incomplete(self):
        """Return whether there are too few loads so far.

        The first load of a process does not count, nor the first of several. The request gives the
        number of loads; else it is the number that fits the turn's slice.
        """
        taken = self.reply["loads_s"]
        if self.cold or self.reply["outcome"] != "timed":
            return False
        if self.first and len(taken) == 1:
            return True
        if self.calls is None:
            self.calls = max(1, min(MOST_CALLS, int(self.request["slice_s"] / taken[-1])))
        self.reply["warmups"] = int(self.first or self.calls > 1)
        return len(taken) < self.reply["warmups"] + self.calls

    def again(self):
        """Load once more, directly after a raw read."""
        self._time_raw_read()
        self._time_load()
        return {"outcome": "timed"}

    def profile(self):
        """Load twice, and sample the second load."""
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

    def _time_raw_read(self):
        """Time a raw read: the median of a few reads if they are quick."""
        spent = [self._read_once()]
        if not self.cold:
            fits = min(MOST_READS, int(READS * self.request["slice_s"] / spent[0]))
            spent += [self._read_once() for _ in range(fits - 1)]
        self.reply["floors_s"].append(float(numpy.median(spent)))

    def _read_once(self):
        memory.trim()
        return timed(self.raw_read.read)[0]

    def _time_load(self, call=None):
        """Time the load, with Keras reset before it; return the loaded model."""
        if self.author.release.loads_whole(self.api):
            self.author.forget()
        self.author.loaded = True
        memory.trim()
        spent, pace, loaded = self.author.pace.around(
            lambda: self.phases.keras("load", call or self._call), self.request["slower"]
        )
        self.reply["loads_s"].append(spent)
        self.reply["paces_s"].append(pace)
        return loaded

    def _call(self):
        release = self.author.release
        if release.loads_whole(self.api):
            return release.load_model(self.api, self.path, None)
        release.load_weights(self.api, self.author.model, self.path)
        return self.author.model
