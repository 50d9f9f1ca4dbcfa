"""Which rows are good enough, going by their neighbours and by what the controls show?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from experiments.timings.config import Timings
from experiments.timings.statistics import control, differences, estimates, neighbours
from experiments.timings.statistics.control import Summary


@dataclass(frozen=True)
class Judged:
    """Rows, and the comparisons by which they were judged.

    `controls` and `releases` compare families, `control_rows` single rows of controls. `pace_share`
    is the part of a change of the machine's pace by which a time changes, over all.
    """

    rows: pd.DataFrame
    controls: pd.DataFrame
    control_rows: pd.DataFrame
    releases: pd.DataFrame
    between: float
    pace_share: float

    def controls_said(self) -> list[Summary]:
        """Return what each control says of the run."""
        return control.summaries(self.controls, self.control_rows, self.rows)


def judge(turns: pd.DataFrame, settings: Timings) -> Judged:
    """Estimate every row, those of controls too, with the noise that the controls show."""
    links = neighbours.links(turns, settings.environment, settings.controls)
    rounds = differences.found(turns, links)
    single, families = estimates.singly(rounds), estimates.pooled(rounds)
    controls, control_rows = (
        control.judged(compared[compared["after"].isin(settings.controls)], settings.controls)
        for compared in (families, single)
    )
    between = control.between(controls)
    rows = estimates.rows(turns, single, families, between, settings.change)
    releases = families[~families["after"].isin(settings.controls)]
    releases = releases.reset_index(drop=True)
    share = float(differences.pace_shares(differences.paired(turns, links)).sum())
    return Judged(rows, controls, control_rows, releases, between, share)
