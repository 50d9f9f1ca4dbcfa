"""Read the replies of the environments into tables of pandas.

`calls` has a row for each timed call, and is published as `timings_raw.parquet`. `turns` follows
from it: a row for each load or save in a turn. Its `seconds` are the median of the counted calls.
Turns are compared by `mean_s`, the geometric mean, which varies less over so few calls. `untimed`
lists the reasons for missing times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.records import messages
from experiments.run.store import Line
from experiments.timings.statistics.subjects import KEY, SUBJECT, WARM, case
from results.contract.cells import WRITTEN_BY

Row = dict[str, Any]

ARTIFACT = re.compile(r"\S*/artifacts/[^/]+/[^/]+/[^/]+/")
"""The folder in which an environment has its files of a model."""
CALLS = [*KEY, "round", "kind", "place", "seconds"]
TURN = ["environment", "family", "size", "round"]
"""The columns that identify a turn: one model in one environment and round."""
READ = "floor"
"""The `kind` of a call that reads, or writes, the same bytes without Keras: a raw read time."""


# --- calls


def calls(replies: Iterable[Line]) -> pd.DataFrame:
    """Return every timed call, a row each, in the order of `CALLS`."""
    rows = [row for reply in _completed(replies) for row in _calls(reply)]
    return pd.DataFrame(rows, columns=CALLS)


def _completed(replies: Iterable[Line]) -> Iterator[Line]:
    """Yield the replies of completed turns; a turn in which Keras crashed has no times."""
    return (reply for reply in replies if reply["outcome"] == "timed")


def _calls(reply: Line) -> Iterator[Row]:
    build = {"family": reply["family"], "size": reply["size"], "environment": reply["environment"]}
    build |= {"format": "", "api": "build", "cache": "", "round": int(reply["which"])}
    if reply["build_s"] is not None:
        yield build | {"kind": "build", "place": 0, "seconds": reply["build_s"]}
    for load in _timed(reply):
        for kind, key in (("call", "loads_s"), (READ, "floors_s"), ("pace", "paces_s")):
            for number, seconds in enumerate(load[key]):
                early = kind == "call" and number < load["warmups"]
                yield {
                    **_subject(reply, load),
                    "round": int(reply["which"]),
                    "kind": ("first" if load.get("first") else "warm-up") if early else kind,
                    "place": number,
                    "seconds": seconds,
                }


def counted(load: Line) -> list[float]:
    """Return the seconds of the calls that count."""
    seconds: list[float] = load["loads_s"]
    return seconds[load["warmups"] :]


# --- turns


def turns(calls: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each load or save in a turn, from a table of `calls`.

    `seconds` and `floor_s` are medians of the calls that count and of their raw read times, `ratio`
    is their ratio. `mean_s` and `pace_s` are geometric means of the same calls and of the paces
    around them, `turn_pace_s` that of all paces in the turn. `first_s` is the first load of a
    process, `spent_s` the sum of all calls and raw read times, `build_s` the building of the model.
    """
    if calls.empty:
        return pd.DataFrame()
    load = [*KEY, "round"]
    calls = calls.assign(log=np.log(calls["seconds"]))
    kinds = dict(list(calls.groupby("kind", observed=True)))
    begins = kinds["call"].groupby(load)["place"].min().rename("begin").reset_index()
    reads, paces = (kinds[kind].merge(begins, on=load) for kind in (READ, "pace"))
    around, read = (table[table["place"] >= table["begin"]] for table in (paces, reads))
    loads = calls[~calls["kind"].isin(["build", "pace"])]
    firsts = calls[(calls["kind"] == "first") & (calls["place"] == 0)]
    columns = {
        "seconds": kinds["call"].groupby(load)["seconds"].median(),
        "floor_s": read.groupby(load)["seconds"].median(),
        "mean_s": np.exp(kinds["call"].groupby(load)["log"].mean()),
        "pace_s": np.exp(around.groupby(load)["log"].mean()),
        "first_s": firsts.set_index(load)["seconds"],
        "samples": kinds["call"].groupby(load).size(),
        "spent_s": loads.groupby(load)["seconds"].sum(),
    }
    table = pd.DataFrame(columns).reset_index()
    table["ratio"] = table["seconds"] / table["floor_s"]
    builds = calls[calls["kind"] == "build"].set_index(TURN)["seconds"].rename("build_s")
    pace = np.exp(paces.groupby(TURN)["log"].mean()).rename("turn_pace_s")
    return table.merge(pace, on=TURN).merge(builds, on=TURN, how="left")


def peaks(replies: Iterable[Line]) -> pd.DataFrame:
    """Return the median peaks of memory of each load in bytes, of all and beyond a raw read."""
    rows = [
        _subject(reply, load)
        | {"peak": load.get("peak_bytes"), "read_peak": load.get("floor_peak_bytes")}
        for reply in _completed(replies)
        for load in _timed(reply)
    ]
    medians = pd.DataFrame(rows).groupby(KEY)[["peak", "read_peak"]].median().reset_index()
    return medians[KEY].assign(
        peak_rss_bytes=medians["peak"],
        peak_over_floor_bytes=medians["peak"] - medians["read_peak"],
    )


def _timed(reply: Line) -> Iterator[Line]:
    """Yield the loads and saves that were timed in a turn."""
    return (load for load in _requested(reply) if load["outcome"] == "timed")


def _requested(reply: Line) -> Iterator[Line]:
    """Yield the requested loads, then the saves; the API of a save is the call that saves."""
    yield from reply.get("loads", ())
    for save in reply.get("saves", ()):
        yield {"api": WRITTEN_BY[save["format"]], "cache": WARM, **save}


def subjects(reply: Line) -> frozenset[tuple[str, ...]]:
    """Return the requested loads and saves of a turn, timed or not, each as in `SUBJECT`."""
    rows = ({**reply, **load} for load in _requested(reply))
    return frozenset(tuple(row[key] for key in SUBJECT) for row in rows)


def _subject(reply: Line, load: Line) -> Row:
    model = {key: reply[key] for key in ("environment", "family", "size")}
    return model | {key: load[key] for key in ("format", "api", "cache")}


# --- loads and saves without a time


def untimed(replies: Iterable[Line]) -> list[Row]:
    """Return a row for each reason for which loads or saves were not timed, with their cases.

    A model could not be saved or loaded, the loaded model differs from the saved one, or Keras
    ended the whole turn.
    """
    cases: dict[tuple[str, ...], set[str]] = {}
    for reply in replies:
        for key in _failures(reply):
            cases.setdefault(key, set()).add(case(reply["family"], reply["size"]))
    columns = ("environment", "format", "api", "outcome", "reason")
    return [
        dict(zip(columns, key, strict=True)) | {"cases": " ".join(sorted(cases[key]))}
        for key in sorted(cases)
    ]


def _failures(reply: Line) -> Iterator[tuple[str, ...]]:
    name = reply["environment"]
    if reply["outcome"] not in ("saved", "timed"):
        yield name, "", "", reply["outcome"], _reason(reply)
        return
    for load in _requested(reply):
        if load["outcome"] not in ("saved", "timed"):
            yield name, load["format"], load["api"], load["outcome"], _reason(load)


def _reason(reply: Line) -> str:
    """Return the reason for a missing time, in one line."""
    if reply["outcome"] == "different":
        return "what was loaded is not what was saved"
    text = reply.get("reason") or f"{reply.get('error_type')}: {reply.get('error_message')}"
    text = messages.message(ARTIFACT.sub("", text), "")
    return " ".join(text.split())[:200]
