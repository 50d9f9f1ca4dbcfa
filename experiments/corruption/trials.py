"""A trial: the load of one damaged file, and its end."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.config.matrix import Cell
from experiments.run.protocol import Extra
from results.contract.columns import Row

SCENARIO = "_damaged"
PRISTINE = "pristine"
"""The name under which every file is saved, before it is damaged."""


@dataclass(frozen=True)
class Trial:
    """A load in the environment that saved; `request` is the damage, and what memory holds."""

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
class Ended:
    """The end of a trial: the row that counts, and the rows of its further loads.

    A trial `varies` if its loads did not all end alike.
    """

    row: Row
    varies: bool = False
    again: tuple[Row, ...] = ()
