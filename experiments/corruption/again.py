"""Does a damaged file end the same whatever memory holds?

HDF5 reads, in some of them, memory that it never filled, that it has given back, or that lies past
the end of its own: then it is chance what it says, or whether the process dies. What may lead it
there is therefore loaded again with other bytes in memory, as configs/corruption.yaml says.

And to fill memory is to take it, also where a load would only have asked for it: what took all
memory is loaded again where nothing is filled. It ends as it does there; what is loaded with other
bytes in memory too ends so only if all of its loads do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from experiments.corruption.config import Again
from experiments.corruption.trials import Loader, Trial
from results.contract.columns import Row

SCENARIO = "_damaged_refilled"
NOTHING = 0
"""What memory is filled with where it is not."""
SAID = ("outcome", "phase", "error_type", "error_message", "differs", "max_abs_diff")
NOT_LOADED = ("harness_error", "skipped")
"""What is a fault of ours, and what an environment that cannot be had makes of a load."""


@dataclass(frozen=True)
class Ended:
    """How a trial ended: as all of its loads did, or, if it `varies`, each as it liked."""

    row: Row
    varies: bool = False
    again: tuple[Row, ...] = ()
    """The loads after the first."""


def ended(campaign: Loader, trials: Sequence[Trial], again: Again) -> list[Ended]:
    """Carry out all trials, and those again that are to be; return how they ended."""
    rows = campaign.load(trials)
    more = [
        (number, _filled(trial, fill))
        for number, (trial, row) in enumerate(zip(trials, rows, strict=True))
        for fill in _fills(trial, row, again)
    ]
    later: list[list[Row]] = [[] for _ in trials]
    if more:
        wanted = [trial for _, trial in more]
        campaign.save(wanted)
        for (number, _), row in zip(more, campaign.load(wanted), strict=True):
            later[number].append(row)
    return [_ended(row, rows) for row, rows in zip(rows, later, strict=True)]


def _fills(trial: Trial, row: Row, again: Again) -> Iterator[int]:
    """Yield what memory is filled with at each load after the first."""
    if row["outcome"] == "out_of_memory":
        yield NOTHING
    place, _, drawn = trial.case.partition(".")
    if trial.format in again.formats and place in again.fills:
        yield from again.fills[place]
        yield from again.damages.get(drawn.partition(".")[0], [])
        yield from again.ends.get(row["outcome"], [])


def _filled(trial: Trial, fill: int) -> Trial:
    extra = {**trial.extra, "fill": fill}
    return replace(trial, scenario=SCENARIO, case=f"{trial.case}.{fill:03}", extra=extra)


def _ended(first: Row, later: Sequence[Row]) -> Ended:
    """Return how a trial ended of which these are the loads."""
    loads = [row for row in later if row["outcome"] not in NOT_LOADED]
    if first["outcome"] in NOT_LOADED or not loads:
        return Ended(first, again=tuple(later))
    alone = first["outcome"] == "out_of_memory" and len(later) == 1
    counted = loads if alone else [first, *loads]
    varies = any(row[name] != counted[0][name] for row in counted for name in SAID)
    return Ended(counted[0], varies, tuple(later))
