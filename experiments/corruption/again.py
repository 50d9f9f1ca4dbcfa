"""Load damaged files again with other bytes in memory, and call those `varies` that end otherwise.

HDF5 reads, in some damaged files, memory that it never filled, that it has given back, or that lies
past the end of its own. Its message, or the death of the process, is then chance. Files whose
damage may lead HDF5 there are loaded again, as configs/corruption.yaml says. Three loads give each
of 135 sampled files the end that loads with strewn memory gave it; of 36 files that varied
there, 14 vary here (tests/by_hand/repeating.py).

To fill memory is to take it, also where a load would only have reserved it. A load that took all
memory is therefore repeated with nothing filled. That load counts; further loads make the file
`varies` only if they end otherwise too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from experiments.corruption.config import Again
from experiments.corruption.trials import Ended, Trial
from experiments.run.protocol import Extra
from results.contract.columns import Row

UNFILLED = 0
"""The fill that leaves memory as it is."""
COMPARED = ("outcome", "phase", "error_type", "error_message", "differs", "max_abs_diff")
Load = Callable[[Sequence[Trial]], list[Row]]
"""Carries trials out, and returns a row for each."""
NOT_LOADED = ("harness_error", "skipped")
"""The outcomes of a fault of ours, and of an environment that cannot be had."""


def ended(load: Load, trials: Sequence[Trial], again: Again) -> list[Ended]:
    """Carry out all trials, and some of them again; return the end of each."""
    rows = load(trials)
    further = [
        (number, _filled(trial, fill))
        for number, (trial, row) in enumerate(zip(trials, rows, strict=True))
        for fill in _fills(trial, row, again)
    ]
    later: list[list[Row]] = [[] for _ in trials]
    if further:
        repeated = load([trial for _, trial in further])
        for (number, _), row in zip(further, repeated, strict=True):
            later[number].append(row)
    return [_ended(row, rows) for row, rows in zip(rows, later, strict=True)]


def _fills(trial: Trial, row: Row, again: Again) -> Iterator[int]:
    """Yield the byte that memory is filled with at each further load."""
    if row["outcome"] == "out_of_memory":
        yield UNFILLED
    if trial.format in again.formats:
        yield from again.fills.get(trial.case.partition(".")[0], [])


def _filled(trial: Trial, fill: int) -> Trial:
    request: Extra = {**trial.request, "fill": fill}
    return replace(trial, case=f"{trial.case}.{fill:03}", request=request)


def _ended(first: Row, later: Sequence[Row]) -> Ended:
    """Return the end of a trial from all of its loads."""
    loads = [row for row in later if row["outcome"] not in NOT_LOADED]
    if first["outcome"] in NOT_LOADED or not loads:
        return Ended(first, again=tuple(later))
    unfilled_counts = first["outcome"] == "out_of_memory" and len(later) == 1
    counted = loads if unfilled_counts else [first, *loads]
    varies = any(row[name] != counted[0][name] for row in counted for name in COMPARED)
    return Ended(counted[0], varies, tuple(later))
