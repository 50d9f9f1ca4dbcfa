"""Build the requests of a session, and keep the replies to them.

The id of a request is `KIND/WHICH/FAMILY/SIZE/ENVIRONMENT`. WHICH is the round of a turn, or the
format and API of a profile. A recorded reply is reused while all inputs that could change it are
the same: sources, lock, process variables, machine, and the request itself.
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
from experiments.timings.design import Design, Model, Turn
from experiments.timings.statistics import samples
from experiments.timings.statistics.subjects import WARM, Subjects
from experiments.timings.timer_processes import STAGE
from results.contract import version
from results.contract.cells import WRITTEN_BY

PREPARE, TIME, PROFILE = "prepare", "time", "profile"
LOAD = ("format", "api", "cache")
"""The columns of `SUBJECT` that describe the load, without those of the model."""
ID = ("kind", "which", "family", "size", "environment")


class Ledger:
    """The requests of a session and the replies to them."""

    def __init__(self, run: Run, design: Design) -> None:
        self.run, self.design = run, design
        self._machine = provenance.machine(run.folder)
        self._replies: dict[str, Line] = {}
        """The replies to requests of this session, by id."""
        self._calls: dict[tuple[str, ...], int] = {}
        self._recorded: dict[str, Line] = {}
        for name in design.environments:
            self._recorded |= store.latest(run.replies(STAGE, name))

    # --- replies

    def add(self, reply: Line) -> Line:
        """Add a reply to this session; return it with the parts of its id."""
        reply = reply | parts(reply["id"])
        self._replies[reply["id"]] = reply
        self._count_calls(reply)
        return reply

    def recorded(self, request: Line) -> Line | None:
        """Add and return the reply that an earlier session recorded.

        Returns None if the reply or its files do not exist, or if it cannot be reused.
        """
        reply = self._recorded.get(request["id"])
        if reply is None or not reusable(reply, request["key"]):
            return None
        exists = (self.run.folder / request["artifact"]).is_dir()
        return self.add(reply) if exists else None

    def replies(self, kind: str) -> list[Line]:
        """Return the replies of a kind that are no faults of the harness."""
        return [reply for reply in self._all(kind) if reply["outcome"] != "harness_error"]

    def failures(self) -> list[Line]:
        """Return the replies that are faults of the harness."""
        kinds = (PREPARE, TIME, PROFILE)
        replies = (reply for kind in kinds for reply in self._all(kind))
        return [reply for reply in replies if reply["outcome"] == "harness_error"]

    def _all(self, kind: str) -> Iterator[Line]:
        return (reply for reply in self._replies.values() if reply["kind"] == kind)

    @property
    def spent_s(self) -> float:
        """The seconds of the budget that turns have taken, also before an interruption."""
        return sum(float(reply["wall_s"]) for reply in self._all(TIME))

    def prepared(self, name: str, model: Model) -> Line | None:
        """Return the reply to the save of a model; a control loads the files of its environment."""
        names = self.design.environments
        for saver, environment in names.items():
            if environment == names[name]:
                reply = self._replies.get(f"{PREPARE}/0/{model.name}/{saver}")
                if reply and reply["outcome"] == "saved":
                    return reply
        return None

    def files(self, name: str, model: Model) -> dict[str, int]:
        """Return the formats in which an environment saved a model, and the bytes of each."""
        prepared = self.prepared(name, model) or {"saves": []}
        saves = [save for save in prepared["saves"] if save["outcome"] == "saved"]
        return {save["format"]: save["file_bytes"] for save in saves}

    def _count_calls(self, reply: Line) -> None:
        """Keep the number of counted calls of a first turn, because later turns repeat it."""
        if (reply["kind"], reply["outcome"]) != (TIME, "timed"):
            return
        for load in reply["loads"]:
            if load["outcome"] == "timed":
                self._calls.setdefault(self._row(reply, load), len(samples.counted(load)))

    def _row(self, turn: Line, load: Line) -> tuple[str, ...]:
        environment = self.design.environments[turn["environment"]]
        return (environment, turn["family"], turn["size"], *map(str, map(load.get, LOAD)))

    # --- requests

    def prepare(self, name: str, model: Model) -> Line:
        """Return the request to save a model in every format."""
        formats = self.design.saved(name)
        return self._request(
            PREPARE, "0", name, model, **self._model_details(model), formats=formats
        )

    def time(self, turn: Turn, subjects: Subjects | None = None) -> Line:
        """Return the request for a turn, for all of its loads and saves or only for `subjects`."""
        model, name = turn.model, turn.environment
        files = set(self.files(name, model))
        loads = self.design.loads(turn.round, model, files)
        saves = self.design.saves(model, files)
        if subjects is not None:
            head = (model.family, model.size)
            loads = [load for load in loads if (*head, *map(load.get, LOAD)) in subjects]
            saves = [save for save in saves if (*head, save, WRITTEN_BY[save], WARM) in subjects]
        request = self._request(
            TIME,
            str(turn.round),
            name,
            model,
            **self._model_details(model, name),
            loads=loads,
            saves=saves,
            warm_up=self._warm_up(turn),
            slice_s=self.design.settings.slice_s,
            slower=self.design.slower(name),
        )
        # Added after the key, because the number follows from replies that have their own keys.
        for load in request["loads"]:
            load["calls"] = self._calls.get(self._row(parts(request["id"]), load))
        return request

    def further(self, turn: Turn, subjects: Subjects) -> Line:
        """Return the request for a turn of a further round.

        If an earlier session recorded the turn and its reply still counts, the request is repeated,
        else it is for `subjects`. The subjects depend on the budget; with a larger budget the
        samples of the earlier session are kept.
        """
        earlier = self._recorded.get(turn.id)
        if earlier is not None:
            repeated = self.time(turn, samples.subjects(earlier | parts(turn.id)))
            if reusable(earlier, repeated["key"]):
                return repeated
        return self.time(turn, subjects)

    def _model_details(self, model: Model, name: str = "") -> Line:
        """Return the arguments of a model, and the saved weights and shapes in an environment."""
        prepared = self.prepared(name, model) if name else None
        saved = {key: prepared[key] for key in ("weights", "shapes")} if prepared else {}
        return {"arguments": self.design.size(model).arguments, **saved}

    def _warm_up(self, turn: Turn) -> list[list[str]]:
        """Return the formats to warm up with, each with the environment's smallest model."""
        smallest = self.design.smallest(turn.environment)
        files = self.files(turn.environment, smallest)
        formats = self.design.settings.formats
        return [
            [name, smallest.name]
            for name in self.design.formats
            if formats[name].warm_up and name in files
        ]

    def profile(self, name: str, model: Model, form: str, api: str) -> Line:
        """Return the request to profile one load."""
        loads = [{"format": form, "api": api, "cache": WARM}]
        details = self._model_details(model, name)
        return self._request(
            PROFILE, f"{form}:{api}", name, model, **details, loads=loads, slower=0.0
        )

    def _request(self, kind: str, which: str, name: str, model: Model, **details: Any) -> Line:
        identity = f"{kind}/{which}/{model.name}/{name}"
        request = {
            "id": identity,
            "stage": kind,
            "family": model.family,
            "artifact": self.design.artifact(name, model),
            "log": f"logs/turns/{identity}.log",
            "limits": vars(self.design.settings.limit),
            "alone": True,
            **details,
        }
        request["key"] = self._key(request, self.design.environments[name])
        return request

    def _key(self, request: Line, name: str) -> str:
        environment = self.design.settings.environment[name]
        inputs = [
            version.SUITE_VERSION,
            sources.timer_source(request["family"]),
            installation.lock_sha256(name),
            environment.python,
            pinning.pinned_variables(environment),
            self._machine,
            request,
        ]
        return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def parts(identity: str) -> dict[str, str]:
    """Return the parts of a request's id, by name."""
    return dict(zip(ID, identity.split("/"), strict=True))
