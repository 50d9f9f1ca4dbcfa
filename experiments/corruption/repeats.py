"""Load some damaged files again with other bytes in memory, and find those whose ends vary.

In some damaged files HDF5 reads memory that it never filled, that it has freed, or that lies past
the end of its own. Its message, or the death of the process, is then chance. The campaign therefore
repeats the loads of files whose damage may lead HDF5 there (`again` in configs/corruption.yaml).
Three loads reproduce the end of each of 135 sampled files that earlier, with memory strewn about,
had one end. Of 36 files that varied there, 14 vary here (tests/by_hand/repeating.py).

Filling takes all memory that a load reserves, even if the load never uses it. A load that took all
memory is therefore repeated without a fill. If it is the only repeated load of its file, its row
alone counts. Otherwise all loads count, and the file `varies` if one of them ends otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from experiments.corruption.config import Repeats
from experiments.corruption.trials import Trial, TrialResult
from experiments.run.protocol import Extra
from results.contract.columns import Row

UNFILLED = 0
"""The fill that leaves memory as it is."""
COMPARED = ("outcome", "phase", "error_type", "error_message", "differs", "max_abs_diff")
"""The columns of a row in which loads of one file must agree."""
Load = Callable[[Sequence[Trial]], list[Row]]
"""Carries out trials and returns a row for each."""
NOT_LOADED = ("harness_error", "skipped")
"""The outcomes of a fault of the harness, and of an environment that is unavailable."""


def carry_out(load: Load, trials: Sequence[Trial], plan: Repeats) -> list[TrialResult]:
    """Carry out all trials and repeat those that the plan names; return a result for each."""
    rows = load(trials)
    repeats = [
        (number, _filled(trial, fill))
        for number, (trial, row) in enumerate(zip(trials, rows, strict=True))
        for fill in _fills(trial, row, plan)
    ]
    repeated_rows: list[list[Row]] = [[] for _ in trials]
    if repeats:
        loaded = load([trial for _, trial in repeats])
        for (number, _), row in zip(repeats, loaded, strict=True):
            repeated_rows[number].append(row)
    return [_result(row, repeated) for row, repeated in zip(rows, repeated_rows, strict=True)]


def _fills(trial: Trial, row: Row, plan: Repeats) -> Iterator[int]:
    """Yield the byte that fills memory at each repeated load."""
    if row["outcome"] == "out_of_memory":
        yield UNFILLED
    if trial.format in plan.formats:
        yield from plan.fills.get(trial.case.partition(".")[0], [])


def _filled(trial: Trial, fill: int) -> Trial:
    request: Extra = {**trial.request, "fill": fill}
    return replace(trial, case=f"{trial.case}.{fill:03}", request=request)


def _result(first: Row, repeated: Sequence[Row]) -> TrialResult:
    """Return the result of a trial from the rows of all its loads."""
    loads = [row for row in repeated if row["outcome"] not in NOT_LOADED]
    if first["outcome"] in NOT_LOADED or not loads:
        return TrialResult(first, repeats=tuple(repeated))
    unfilled_counts = first["outcome"] == "out_of_memory" and len(repeated) == 1
    counted = loads if unfilled_counts else [first, *loads]
    varies = any(row[name] != counted[0][name] for row in counted for name in COMPARED)
    return TrialResult(counted[0], varies, tuple(repeated))
