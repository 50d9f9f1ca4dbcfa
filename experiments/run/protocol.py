"""Types the requests, replies and events between the suite and a worker.

They are JSON objects, one a line. This module alone builds requests and reads replies and events.
The worker's side is `experiments/worker`, which is Python 3.7 and reads the same keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, NotRequired, TypedDict, Union, cast, get_args, get_origin, get_type_hints

from experiments.config.faults import ConfigFaultsError, Fault
from experiments.config.matrix import Cell, Save
from experiments.config.schema import Limit
from experiments.run import store
from experiments.run.store import Line

NEXT_STEP = "Remove this line, and give the command again: it repeats the cell."


class Extra(TypedDict, total=False):
    """The part of a load's request that its id does not say."""

    damage: Line
    """How the file is damaged before it is loaded."""
    fill: int
    """The byte that fills fresh memory during the load."""
    watch: dict[str, str]
    """Files in the cell's folder, each with the effect that it gives away."""


class Stopped(TypedDict):
    """Where and when a cell was put off."""

    phase: str
    calls: list[str] | None
    cpu_s: float


class Request(Extra):
    """A save or a load that the worker is to carry out; paths are relative to the run's folder."""

    id: str
    key: str
    stage: str
    scenario: str
    case: str
    saved_as: str
    format: str
    artifact: str
    log: str
    limits: Mapping[str, float]
    api: NotRequired[str]
    """The call that loads; a save has none."""
    artifact_sha256: NotRequired[str]
    """The digest of the artifact that a load must find; a save has none."""
    alone: NotRequired[bool]
    """Whether the cell is repeated alone, until its last limit of CPU time."""
    stopped: NotRequired[Stopped]


class Reply(TypedDict, total=False):
    """The end of a save or a load; every recorded reply has `id`, `key` and `outcome`."""

    id: str
    key: str
    outcome: str
    phase: str
    error_type: str
    error_message: str
    reason: str
    raised_in: str
    retry: bool
    """Whether the cell was put off, and is to be repeated alone."""
    calls: list[str]
    """The library calls from which a cell that was put off never returned."""
    like: str
    """The id of a cell that stopped in the same endless loop."""
    altered: bool
    """Whether the artifact was not the one that was saved."""
    artifact_sha256: str
    untrained: dict[str, Any]
    """The reply of a save whose training failed though its file was written."""
    differs: str
    max_abs_diff: float | None
    weights_saved: int
    weights_restored: int
    effects: list[str]
    """The effects of the load that watched files gave away."""
    scratch: str
    seconds: dict[str, float]
    wall_s: float
    cpu_s: float
    peak_kib: int


class Event(Reply, total=False):
    """An announcement of a worker: `ready`, then `start` and `done` for each request."""

    event: str
    environment: dict[str, str]
    """Of `ready`: the columns of environments.csv that the environment alone can read."""
    import_s: float
    import_cpu_s: float


Requests = dict[str, list[Request]]
"""The outstanding requests of a stage, by environment."""


def artifact(save: Save) -> str:
    """Return the folder of a save's artifact, relative to the run's folder."""
    return f"artifacts/{save.id}"


def save_request(save: Save, key: str, limits: Limit) -> Request:
    """Return the request for a save."""
    return {
        "id": save.id,
        "key": key,
        "stage": "save",
        "scenario": save.scenario,
        "case": save.case,
        "saved_as": save.case,
        "format": save.format,
        "artifact": artifact(save),
        "log": _log(save.id),
        "limits": vars(limits),
    }


def load_request(
    cell: Cell, key: str, artifact_sha256: str, limits: Limit, extra: Extra
) -> Request:
    """Return the request for a load of the artifact with this digest."""
    return {
        **save_request(cell.save, key, limits),
        **extra,
        "id": cell.id,
        "stage": "load",
        "case": cell.case,
        "api": cell.api,
        "artifact_sha256": artifact_sha256,
        "log": _log(cell.id),
    }


def alone(request: Request, put_off: Reply) -> Request:
    """Return the request to repeat a cell alone, after a reply that put it off."""
    stopped: Stopped = {
        "phase": put_off["phase"],
        "calls": put_off.get("calls"),
        "cpu_s": put_off["cpu_s"],
    }
    return {**request, "alone": True, "stopped": stopped}


def fault_reply(request: Request, reason: str) -> Reply:
    """Return the reply to a request that no worker answered: a fault of the harness."""
    return {
        "id": request["id"],
        "key": request["key"],
        "outcome": "harness_error",
        "phase": "",
        "reason": reason,
    }


def done(reply: Reply) -> Event:
    """Return the event by which a worker announces a reply."""
    return cast(Event, {"event": "done", **reply})


def _log(identity: str) -> str:
    return f"logs/cells/{identity}.log"


def read_replies(path: Path) -> dict[str, Reply]:
    """Return the last reply to each request in a file.

    Lines that an interruption cut off, and lines without id and outcome, are no replies and are
    passed over. Raises `ConfigFaultsError` with file and line for a reply with a field of another
    type: another version of the suite has written it, or a user has edited it.
    """
    replies: dict[str, Reply] = {}
    for number, line in store.numbered_lines(path):
        if isinstance(line.get("outcome"), str):
            replies[line["id"]] = _checked(line, path, number)
    return replies


def _checked(line: Line, path: Path, number: int) -> Reply:
    for name, value in line.items():
        if name in _classes() and not isinstance(value, _classes()[name]):
            fault = f"the reply's {name!r} cannot be {value!r:.80}"
            raise ConfigFaultsError([Fault(f"{path}:{number}", fault, NEXT_STEP)])
    return cast(Reply, line)


@cache
def _classes() -> dict[str, tuple[type, ...]]:
    """Return the classes that each field of a reply may have in Python, from its annotations."""
    return {name: _classes_of(hint) for name, hint in get_type_hints(Reply).items()}


def _classes_of(hint: Any) -> tuple[type, ...]:
    if get_origin(hint) in (UnionType, Union):
        return tuple(kind for part in get_args(hint) for kind in _classes_of(part))
    kind: type = get_origin(hint) or hint
    return (float, int) if kind is float else (kind,)


def read_event(raw: bytes) -> Event:
    """Read an event of a worker; an empty one for output of a library."""
    return cast(Event, store.read_line(raw))
