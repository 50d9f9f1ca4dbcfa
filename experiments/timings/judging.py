"""Which rows are good enough, going by what the controls of the same run show?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from experiments.timings import control, estimates
from experiments.timings.config import Timings


@dataclass(frozen=True)
class Judged:
    """Rows, and the comparisons of controls by which they were judged."""

    rows: pd.DataFrame
    compared: pd.DataFrame
    between: float


def judge(turns: pd.DataFrame, settings: Timings) -> Judged:
    """Estimate every row, those of controls too, with the noise that the controls show."""
    compared = control.compare(turns, settings.controls)
    between = control.between(compared)
    rows = estimates.rows(turns, between, settings.change, settings.seed)
    return Judged(rows, compared, between)
