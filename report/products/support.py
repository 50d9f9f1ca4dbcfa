"""States which releases load whose files, in the vocabulary of browser-compat-data.

`version_added` is the first release that loads a file. `version_removed` is the first release after
it that does not. `partial_implementation` and a note say that only some models load
(https://github.com/mdn/browser-compat-data/blob/main/schemas/compat-data-schema.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from report.findings.grids import GOOD, NOTHING, Grid
from report.writing.lists import listed
from results.releases import Releases

Statement = dict[str, Any]
NEVER: Statement = {"version_added": False}


def support(grids: Sequence[Grid], releases: Releases) -> dict[str, Any]:
    """Return the statements by format, API and saver, over the loaders, the latest first."""
    by_format: dict[str, Any] = {}
    for grid in grids:
        savers = [saver for saver in releases.ids if has_file(grid, saver)]
        by_format.setdefault(grid.format, {})[grid.api] = {
            saver: statements(grid, saver, releases) for saver in savers
        }
    return by_format


def has_file(grid: Grid, saver: str) -> bool:
    """Say whether a saver wrote a file that some release tried to load."""
    return any(kind not in NOTHING for pair, kind in grid.summary.items() if pair[0] == saver)


def states(grid: Grid, saver: str, releases: Releases) -> Mapping[str, tuple[str, str]]:
    """Return for each loader whether every model, some or none load, and the names of some."""
    return {
        loader: _state(grid, saver, loader)
        for loader in releases.ids
        if grid.summary.get((saver, loader), "missing") not in NOTHING
    }


def _state(grid: Grid, saver: str, loader: str) -> tuple[str, str]:
    models = grid.models(saver, loader)
    good = [case for case, kind in models if kind in GOOD]
    silent = [case for case, kind in models if kind == "silent"]
    bad = [case for case, kind in models if kind not in GOOD | NOTHING and kind != "silent"]
    if not (silent or bad):
        return "every", ""
    if not (good or silent):
        return "none", ""
    parts = [f"loads {listed(good)}"] if good else []
    parts += [f"silently wrong: {listed(silent)}"] if silent else []
    parts += [f"does not load {listed(bad)}"] if bad else []
    return "some", "; ".join(parts)


def statements(grid: Grid, saver: str, releases: Releases) -> list[Statement]:
    """Return one statement for each run of loaders of a saver's files, the latest first."""
    supported = []
    runs = releases.stretches(states(grid, saver, releases))
    for first, last, state in runs:
        if state is None or state[0] == "none":
            continue
        statement: Statement = {"version_added": releases.label(first)}
        after = releases.ids.index(last) + 1
        if after < len(releases.ids):
            statement["version_removed"] = releases.label(releases.ids[after])
        if state[0] == "some":
            statement |= {"partial_implementation": True, "notes": state[1]}
        supported.append(statement)
    return supported[::-1] or [NEVER]
