"""What was asked and what was answered, so far?

The id of a request says what it is about: `KIND/WHICH/FAMILY/SIZE/ENVIRONMENT`. A reply counts
again while everything that could change it is the same: sources, lock, process variables, machine,
and the request itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from experiments.environments import installation, pinning
from experiments.records import provenance
from experiments.run import store
from experiments.run.reuse import sources
from experiments.run.reuse.outstanding import reusable
from experiments.run.store import Line, Run
from experiments.timings.design import WARM, Design, Model, Turn
from experiments.timings.ensemble import STAGE
from experiments.timings.statistics import samples
from experiments.timings.statistics.allotment import Subjects
from results.contract import version
from results.contract.cells import WRITTEN_BY

PREPARE, TIME, PROFILE = "prepare", "time", "profile"
LOADED = ("format", "api", "cache")
ABOUT = ("kind", "which", "family", "size", "environment")


class Ledger:
    """The requests of a session and the replies to them."""

    def __init__(self, run: Run, design: Design) -> None:
        self.run, self.design = run, design
        self._machine = provenance.machine(run.folder)
        self._known: dict[str, Line] = {}
        """The replies that count: those to what was asked in this session."""
        self._calls: dict[tuple[str, ...], int] = {}
        self._recorded: dict[str, Line] = {}
        for name in design.environments:
            self._recorded |= store.latest(run.replies(STAGE, name))

    # --- answers

    def take_in(self, reply: Line) -> Line:
        """Add a reply and what it is about; return it."""
        known = reply | about(reply["id"])
        self._known[reply["id"]] = known
        self._learn(known)
        return known

    def recorded(self, request: Line) -> Line | None:
        """Take in the reply that an earlier session recorded, if it and its file are there."""
        reply = self._recorded.get(request["id"])
        if reply is None or not reusable(reply, request["key"]):
            return None
        kept = (self.run.folder / request["artifact"]).is_dir()
        return self.take_in(reply) if kept else None

    def replies(self, kind: str) -> list[Line]:
        """Return the replies of a kind that are no faults of the harness."""
        return [reply for reply in self._all(kind) if reply["outcome"] != "harness_error"]

    def failures(self) -> list[Line]:
        """Return the replies that are faults of the harness."""
        kinds = (PREPARE, TIME, PROFILE)
        every = (reply for kind in kinds for reply in self._all(kind))
        return [reply for reply in every if reply["outcome"] == "harness_error"]

    def _all(self, kind: str) -> Iterator[Line]:
        return (reply for reply in self._known.values() if reply["kind"] == kind)

    @property
    def spent_s(self) -> float:
        """Seconds of the budget that turns have taken, those before an interruption too."""
        return sum(float(reply["wall_s"]) for reply in self._all(TIME))

    def prepared(self, name: str, model: Model) -> Line | None:
        """Return what was said of the files that an environment, or what is behind it, saved."""
        behind = self.design.environments[name]
        same = [one for one, other in self.design.environments.items() if other == behind]
        for one in same:
            known = self._known.get(f"{PREPARE}/0/{model.name}/{one}")
            if known and known["outcome"] == "saved":
                return known
        return None

    def files(self, name: str, model: Model) -> dict[str, int]:
        """Return the formats that an environment could save a model in, and the bytes of each."""
        prepared = self.prepared(name, model) or {"saves": []}
        saved = [one for one in prepared["saves"] if one["outcome"] == "saved"]
        return {one["format"]: one["file_bytes"] for one in saved}

    def _learn(self, reply: Line) -> None:
        """Keep how many loads counted in the first turn of a kind: later turns do the same."""
        if (reply["kind"], reply["outcome"]) != (TIME, "timed"):
            return
        for one in reply["loads"]:
            if one["outcome"] == "timed":
                self._calls.setdefault(self._place(reply, one), len(samples.counted(one)))

    def _place(self, of: Line, load: Line) -> tuple[str, ...]:
        behind = self.design.environments[of["environment"]]
        return (behind, of["family"], of["size"], load["format"], load["api"], load["cache"])

    # --- requests

    def prepare(self, name: str, model: Model) -> Line:
        """Return the request to save a model in every format."""
        formats = self.design.saved(name)
        return self._request(PREPARE, "0", name, model, **self._of(model), formats=formats)

    def time(self, turn: Turn, wanted: Subjects | None = None) -> Line:
        """Return the request for a turn, for all that is timed in it or only what is `wanted`."""
        model, name = turn.model, turn.environment
        files = set(self.files(name, model))
        loads = self.design.loads(turn.round, model, files)
        saves = self.design.saves(model, files)
        if wanted is not None:
            of = (model.family, model.size)
            loads = [one for one in loads if (*of, *map(one.get, LOADED)) in wanted]
            saves = [one for one in saves if (*of, one, WRITTEN_BY[one], WARM) in wanted]
        request = self._request(
            TIME,
            str(turn.round),
            name,
            model,
            **self._of(model, name),
            loads=loads,
            saves=saves,
            warm_up=self._warm_up(turn),
            slice_s=self.design.settings.slice_s,
            slower=self.design.slower(name),
        )
        # No part of the key, because it follows from replies that have keys of their own.
        for load in request["loads"]:
            load["calls"] = self._calls.get(self._place(about(request["id"]), load))
        return request

    def further(self, turn: Turn, wanted: Subjects) -> Line:
        """Return the request for a turn of a further round.

        What an earlier session timed in it, if that still counts; else what is `wanted`. What is
        wanted depends on the budget: with a larger one, no sample of before is lost for that.
        """
        earlier = self._recorded.get(turn.id)
        if earlier is not None:
            same = self.time(turn, samples.subjects(earlier | about(turn.id)))
            if reusable(earlier, same["key"]):
                return same
        return self.time(turn, wanted)

    def _of(self, model: Model, name: str = "") -> Line:
        """Return what is known of a model, and of what was saved of it in an environment."""
        prepared = self.prepared(name, model) if name else None
        saved = {key: prepared[key] for key in ("weights", "shapes")} if prepared else {}
        return {"arguments": self.design.size(model).arguments, **saved}

    def _warm_up(self, turn: Turn) -> list[list[str]]:
        """Return the formats to warm up with, and the smallest model of all in them."""
        smallest = self.design.smallest(turn.environment)
        files = self.files(turn.environment, smallest)
        asked = self.design.settings.formats
        return [
            [name, smallest.name]
            for name in self.design.formats
            if asked[name].warm_up and name in files
        ]

    def profile(self, name: str, model: Model, form: str, api: str) -> Line:
        """Return the request to profile one load."""
        loads = [{"format": form, "api": api, "cache": WARM}]
        known = self._of(model, name)
        return self._request(
            PROFILE, f"{form}:{api}", name, model, **known, loads=loads, slower=0.0
        )

    def _request(self, kind: str, which: str, name: str, model: Model, **asked: Any) -> Line:
        behind = self.design.environments[name]
        identity = f"{kind}/{which}/{model.name}/{name}"
        request = {
            "id": identity,
            "stage": kind,
            "family": model.family,
            "artifact": self.design.artifact(name, model),
            "log": f"logs/turns/{identity}.log",
            "limits": vars(self.design.settings.limit),
            "alone": True,
            **asked,
        }
        request["key"] = self._key(request, behind)
        return request

    def _key(self, request: Line, behind: str) -> str:
        environment = self.design.settings.environment[behind]
        parts = [
            version.SUITE_VERSION,
            sources.timer_source(request["family"]),
            installation.lock_sha256(behind),
            environment.python,
            pinning.pinned_variables(environment),
            self._machine,
            request,
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def about(identity: str) -> dict[str, str]:
    """Take the id of a request apart."""
    return dict(zip(ABOUT, identity.split("/"), strict=True))
