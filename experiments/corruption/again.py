"""Does a damaged file end the same where memory holds something else?

HDF5 reads, in some of them, memory that it never filled or that is not its own: then it is chance
what it says, or whether the process dies. What HDF5 finds its way by is therefore loaded twice. And
to fill memory is to take it, also where a load would only have asked for it: what took all memory
is loaded once more where nothing is filled, and ends as it does there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from experiments.campaigns import Campaign, Trial
from experiments.corruption.config import Again
from experiments.records import Row

SCENARIO = "_damaged_refilled"
NOTHING, OTHERWISE = {"fill": 0}, {"fill": 1}
"""What a second load asks for: no filling, or bytes that are 254 where they were 0 before."""
SAID = ("outcome", "error_type", "error_message")


@dataclass(frozen=True)
class Ended:
    """How a trial ended; `steady` says whether it did so twice, None if it was tried once."""

    row: Row
    steady: bool | None = None
    second: Row | None = None


def ended(campaign: Campaign, trials: Sequence[Trial], again: Again) -> list[Ended]:
    """Carry out all trials, and those a second time that are to be; return how they ended."""
    rows = campaign.load(trials)
    twice = {
        number: replace(trial, scenario=SCENARIO, extra={**trial.extra, **fill})
        for number, (trial, row) in enumerate(zip(trials, rows, strict=True))
        if (fill := _fill(trial, row, again)) is not None
    }
    if not twice:
        return [Ended(row) for row in rows]
    campaign.save(list(twice.values()))
    second = dict(zip(twice, campaign.load(list(twice.values())), strict=True))
    return [_both(row, second.get(number)) for number, row in enumerate(rows)]


def _fill(trial: Trial, row: Row, again: Again) -> dict[str, int] | None:
    """Return what the second load of a trial asks for; None if there is to be none."""
    if row["outcome"] == "out_of_memory":
        return NOTHING
    place = trial.case.partition(".")[0]
    return OTHERWISE if trial.format in again.formats and place in again.places else None


def _both(first: Row, second: Row | None) -> Ended:
    if second is None:
        return Ended(first)
    if first["outcome"] == "out_of_memory":
        return Ended(second)
    return Ended(first, all(first[name] == second[name] for name in SAID), second)
