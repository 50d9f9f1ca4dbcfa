"""Judge a session: the quality of every row, the controls, and the steps between releases."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from experiments.timings.statistics import control, differences, estimates, neighbours
from experiments.timings.statistics.control import Summary
from experiments.timings.statistics.neighbours import Relations


@dataclass(frozen=True)
class Judged:
    """The quality of every row, and the comparisons from which it follows.

    `controls` and `releases` compare kinds of models, `control_rows` single models of controls.
    `pace_share` is the part of a change of the machine's pace by which a time changes.
    """

    quality: pd.DataFrame
    controls: pd.DataFrame
    control_rows: pd.DataFrame
    releases: pd.DataFrame
    pace_share: float

    def summaries(self) -> list[Summary]:
        """Return a summary of each control."""
        return control.summaries(self.controls, self.control_rows, self.quality)


def judge(turns: pd.DataFrame, relations: Relations, change: float) -> Judged:
    """Compare all related environments; a stable row could show the relative `change`."""
    paired = differences.paired(turns, neighbours.links(turns, relations))
    rounds = differences.steadied(paired)
    single, pooled = estimates.singly(rounds), estimates.pooled(rounds)
    controls, control_rows = (
        control.judged(compared[compared["after"].isin(relations.controls)], relations)
        for compared in (pooled, single)
    )
    releases = pooled[~pooled["after"].isin(relations.controls)].reset_index(drop=True)
    return Judged(
        estimates.quality(turns, single, pooled, change),
        controls,
        control_rows,
        releases,
        float(differences.pace_shares(paired).sum()),
    )
