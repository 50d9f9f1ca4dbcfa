"""What did the environments say? Replies as tables of pandas.

`turns` has a row for each way to load or save a model in a turn: its seconds are the median of the
calls that count. Turns are compared by the geometric mean, which of so few calls wavers less, and
by those of the paces around the same calls and around all of the turn. `calls` has a row for each
call that was timed, and is published raw. `untimed` says what was asked and not timed, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from statistics import geometric_mean, median
from typing import Any

import pandas as pd

from experiments.records import messages
from experiments.run.store import Line
from experiments.timings.design import WARM, Model
from results.contract.cells import WRITTEN_BY

Row = dict[str, Any]

SUBJECT = ["family", "size", "format", "api", "cache"]
"""What is timed, in whichever environment."""
KEY = ["environment", *SUBJECT]
ARTIFACT = re.compile(r"\S*/artifacts/[^/]+/[^/]+/[^/]+/")
"""The folder in which an environment has its files of a model."""
CALLS = [*KEY, "round", "kind", "place", "seconds"]


def turns(replies: Iterable[Line]) -> pd.DataFrame:
    """Return what each turn measured, a row for each way to load or to save."""
    return pd.DataFrame(row for reply in _ended(replies) for row in _turn(reply))


def _ended(replies: Iterable[Line]) -> Iterator[Line]:
    """Go through the turns that came to their end: one that Keras crashed timed nothing."""
    return (reply for reply in replies if reply["outcome"] == "timed")


def _turn(reply: Line) -> Iterator[Row]:
    paces = [pace for one in _timed(reply) for pace in one["paces_s"]]
    for one in _timed(reply):
        loads, floors = counted(one), counted(one, "floors_s")
        yield {
            **_subject(reply, one),
            "round": int(reply["which"]),
            "seconds": median(loads),
            "floor_s": median(floors),
            "ratio": median(loads) / median(floors),
            "mean_s": geometric_mean(loads),
            "pace_s": geometric_mean(counted(one, "paces_s")),
            "turn_pace_s": geometric_mean(paces),
            "first_s": one["loads_s"][0] if one.get("first") else None,
            "samples": len(loads),
            "spent_s": sum(one["loads_s"]) + sum(one["floors_s"]),
            "peak_bytes": one.get("peak_bytes"),
            "floor_peak_bytes": one.get("floor_peak_bytes"),
            "build_s": reply["build_s"],
        }


def counted(one: Line, key: str = "loads_s") -> list[float]:
    """Return the seconds of the calls that count, or of what was timed with each of them."""
    seconds: list[float] = one[key]
    return seconds[one["warmups"] :]


def calls(replies: Iterable[Line]) -> pd.DataFrame:
    """Return every call that was timed, a row each, in the order of `CALLS`."""
    rows = [row for reply in _ended(replies) for row in _calls(reply)]
    return pd.DataFrame(rows, columns=CALLS)


def _calls(reply: Line) -> Iterator[Row]:
    build = {"family": reply["family"], "size": reply["size"], "environment": reply["environment"]}
    build |= {"format": "", "api": "build", "cache": "", "round": int(reply["which"])}
    if reply["build_s"] is not None:
        yield build | {"kind": "build", "place": 0, "seconds": reply["build_s"]}
    for one in _timed(reply):
        for kind, key in (("call", "loads_s"), ("floor", "floors_s"), ("pace", "paces_s")):
            for place, seconds in enumerate(one[key]):
                early = kind == "call" and place < one["warmups"]
                yield {
                    **_subject(reply, one),
                    "round": int(reply["which"]),
                    "kind": ("first" if one.get("first") else "warm-up") if early else kind,
                    "place": place,
                    "seconds": seconds,
                }


def _timed(reply: Line) -> Iterator[Line]:
    """Go through what was timed in a turn."""
    return (one for one in _asked(reply) if one["outcome"] == "timed")


def _asked(reply: Line) -> Iterator[Line]:
    """Go through what was asked for, saves like loads: their API is what saves."""
    yield from reply.get("loads", ())
    for one in reply.get("saves", ()):
        yield {"api": WRITTEN_BY[one["format"]], "cache": WARM, **one}


def subjects(reply: Line) -> frozenset[tuple[str, ...]]:
    """Return what a turn was asked to time, whether it could or not, each as in `SUBJECT`."""
    rows = ({**reply, **one} for one in _asked(reply))
    return frozenset(tuple(row[key] for key in SUBJECT) for row in rows)


def _subject(reply: Line, one: Line) -> Row:
    place = {key: reply[key] for key in ("environment", "family", "size")}
    return place | {key: one[key] for key in ("format", "api", "cache")}


def untimed(replies: Iterable[Line]) -> list[Row]:
    """Return what was asked and not timed, a row for each reason with the cases that share it.

    What could not be saved; what could not be loaded, or was loaded and was not what had been
    saved; and whole turns that Keras ended.
    """
    found: dict[tuple[str, ...], set[str]] = {}
    for reply in replies:
        for key in _refused(reply):
            found.setdefault(key, set()).add(Model(reply["family"], reply["size"]).case)
    columns = ("environment", "format", "api", "outcome", "reason")
    return [
        dict(zip(columns, key, strict=True)) | {"cases": " ".join(sorted(found[key]))}
        for key in sorted(found)
    ]


def _refused(reply: Line) -> Iterator[tuple[str, ...]]:
    name = reply["environment"]
    if reply["outcome"] not in ("saved", "timed"):
        yield name, "", "", reply["outcome"], _reason(reply)
        return
    for one in _asked(reply):
        if one["outcome"] not in ("saved", "timed"):
            yield name, one["format"], one["api"], one["outcome"], _reason(one)


def _reason(reply: Line) -> str:
    """Say in one line why there is no time."""
    if reply["outcome"] == "different":
        return "what was loaded is not what was saved"
    text = reply.get("reason") or f"{reply.get('error_type')}: {reply.get('error_message')}"
    text = messages.message(ARTIFACT.sub("", text), "")
    return " ".join(text.split())[:200]
