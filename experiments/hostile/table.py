"""How does the campaign of hostile files stand in the published files? A row for each load."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.corruption.trials import Trial
from experiments.run.store import Line
from experiments.scenarios._hostile import NEVER_READ
from results import storage
from results.contract.columns import Row

FILES = ("hostile.csv", "hostile_provenance.json")
SAID = ("outcome", "phase", "error_type", "error_message", "error_family", "reason")
"""The columns that are those of cells.csv."""
COLUMNS = ("case", "format", "api", "environment", "end", "ran", "wrote", "read", *SAID)
ENDS = ("ran", "wrote", "read", "exhausted", "crash", "inert", "refused", "not_applicable")
"""What a file made its reader do, the worst first: run its code, write or read another file, use up
memory or time, end the process; nothing, though it was loaded; or it was refused without any of
these; or there was no such file or call."""
AT_LOAD, IN_USE = "load", "use"


def of(trials: Sequence[Trial], rows: Sequence[Row], replies: Sequence[Line]) -> dict[str, bytes]:
    """Return the table of these trials, by file name."""
    found = [_row(*one) for one in zip(trials, rows, replies, strict=True)]
    return {FILES[0]: storage.to_csv(COLUMNS, found)}


def _row(trial: Trial, row: Row, reply: Line) -> Row:
    seen = reply.get("seen", {})
    there = {name for name, read in seen.items() if read is not None}
    ran = AT_LOAD if "work/marker_at_load" in there else ""
    if not ran and "work/marker" in there:
        ran = AT_LOAD if row["phase"] in ("build", "load") else IN_USE
    did = {
        "ran": ran,
        "wrote": _word(bool(there & {"escaped", "tmp/escaped"})),
        "read": _word(seen.get("secret") not in (None, NEVER_READ)),
    }
    return {
        "case": trial.case,
        "format": trial.format,
        "api": trial.api,
        "environment": trial.environment,
        "end": _end(did, row["outcome"]),
        **did,
        **{name: row[name] for name in SAID},
    }


def _word(value: bool) -> str:
    return "yes" if value else "no"


def _end(did: Row, outcome: str) -> str:
    if did["ran"]:
        return "ran"
    for name in ("wrote", "read"):
        if did[name] == "yes":
            return name
    return {
        "timeout": "exhausted",
        "out_of_memory": "exhausted",
        "crash": "crash",
        "equal": "inert",
        "different": "inert",
        "error": "refused",
    }.get(outcome, "not_applicable")
