"""Lists the loads without an answer, the failed saves, and the cells that were not run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from report.read.cells import Cell, Results
from report.writing.listings import Listing, listings
from report.writing.lists import listed, merged
from report.writing.outcomes import NO_ANSWER, OUTCOMES
from report.writing.text import shortened
from results.contract import cells as contract
from results.releases import Releases


def no_answer(results: Results) -> list[Listing]:
    """List the loads that neither returned a model nor raised an exception.

    Of a load that never returns, the function that it never left is named.
    """
    cells = [cell for cell in results.loads if cell.outcome in NO_ANSWER]
    return listings(cells, results.releases, _end)


def _end(cell: Cell) -> str:
    stays = f", stays in {cell.raised_in}" if cell.outcome == "timeout" and cell.raised_in else ""
    return OUTCOMES[cell.outcome] + stays


def not_saved(results: Results) -> list[Listing]:
    """List the failed saves with their messages."""
    return listings(results.failed_saves, results.releases, _message)


def _message(cell: Cell) -> str:
    return shortened(f"{cell.error}: {cell.error_message}" if cell.error else cell.reason)


@dataclass(frozen=True)
class Skip:
    """The reason for which some cells were not run."""

    reason: str
    scenarios: str
    releases: str
    cells: int


def skips(results: Results) -> list[Skip]:
    """Collect the reasons for which cells were skipped, commonest first."""
    groups = merged((cell, cell.reason) for cell in results.cells if cell.outcome == "skipped")
    reasons = [_skip(reason, cells, results.releases) for reason, cells in groups.items()]
    return sorted(reasons, key=lambda skip: (-skip.cells, skip.reason))


def _skip(reason: str, cells: Sequence[Cell], releases: Releases) -> Skip:
    scenarios = listed((cell.scenario for cell in cells), "`")
    loaders = {cell.loaded_with or cell.saved_with for cell in cells}
    return Skip(reason, scenarios, releases.intervals(loaders), len(cells))


def outcomes(results: Results) -> list[tuple[str, int]]:
    """Count the rows by outcome, in the contract's order."""
    counts = Counter(cell.outcome for cell in results.cells)
    return [(name, counts[name]) for name in contract.OUTCOMES if counts[name]]
