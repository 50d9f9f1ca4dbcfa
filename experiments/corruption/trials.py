"""Define a trial, the load of one damaged file, and its result."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.config.matrix import Cell
from experiments.run.protocol import Extra
from results.contract.columns import Row

SCENARIO = "_damaged"
PRISTINE = "pristine"
"""The case under which every file is saved, before it is damaged."""


@dataclass(frozen=True)
class Trial:
    """The load of a damaged file in the environment that saved it.

    `request` holds the damage, and the fill of memory if there is one.
    """

    case: str
    format: str
    api: str
    environment: str
    request: Extra

    @property
    def cell(self) -> Cell:
        """The trial as a cell of the pipeline."""
        pair = (self.environment, self.environment)
        return Cell(SCENARIO, self.case, self.format, self.api, *pair, PRISTINE)


@dataclass(frozen=True)
class TrialResult:
    """The result of a trial: the row that counts, and the rows of its repeated loads.

    A trial `varies` if its loads ended differently.
    """

    row: Row
    varies: bool = False
    repeats: tuple[Row, ...] = ()
