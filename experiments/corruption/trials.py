"""What is one load of a campaign?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from experiments.config.matrix import Cell
from experiments.run.store import Line
from results.contract.columns import Row

PRISTINE = "pristine"
"""Under which name every file of a campaign is saved, before anything is done to it."""


@dataclass(frozen=True)
class Trial:
    """One load: of what a scenario makes of a file, as `extra` asks for, where it was saved."""

    scenario: str
    case: str
    format: str
    api: str
    environment: str
    extra: Line
    saved_as: str = PRISTINE

    @property
    def cell(self) -> Cell:
        """The trial as the pipeline knows it."""
        where = (self.environment, self.environment)
        return Cell(self.scenario, self.case, self.format, self.api, *where, self.saved_as)


class Loader(Protocol):
    """Carries trials out: a campaign does."""

    def save(self, wanted: Sequence[Trial]) -> None:
        """Have the files saved that these trials load."""

    def load(self, trials: Sequence[Trial]) -> list[Row]:
        """Carry out the trials; return a row of the data contract's for each, in their order."""
