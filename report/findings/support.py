"""Which releases load whose files, in the vocabulary of browser-compat-data?

A statement says since when (`version_added`), until when (`version_removed`, the first release that
no longer does), and whether only a part works, with a note
(https://github.com/mdn/browser-compat-data/blob/main/schemas/compat-data-schema.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from report.findings.grids import GOOD, NOTHING, Grid
from report.findings.rows import listed
from results.releases import Releases

Statement = dict[str, Any]
NEVER: Statement = {"version_added": False}


def support(grids: Sequence[Grid], releases: Releases) -> dict[str, Any]:
    """Return the statements by format, API and saver, over the loaders, the latest first."""
    found: dict[str, Any] = {}
    for grid in grids:
        savers = [one for one in releases.ids if has_file(grid, one)]
        found.setdefault(grid.format, {})[grid.api] = {
            saver: statements(grid, saver, releases) for saver in savers
        }
    return found


def has_file(grid: Grid, saver: str) -> bool:
    """Say whether a saver wrote a file that some release was asked to load."""
    return any(kind not in NOTHING for (one, _), kind in grid.summary.items() if one == saver)


def states(grid: Grid, saver: str, releases: Releases) -> Mapping[str, tuple[str, str]]:
    """Say of each loader whether every model loads, some or none, and which ones are meant."""
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
    """Return what is supported of a saver's files, one statement for each run of loaders."""
    found = []
    runs = releases.stretches(states(grid, saver, releases))
    for first, last, state in runs:
        if state is None or state[0] == "none":
            continue
        told: Statement = {"version_added": releases.label(first)}
        after = releases.ids.index(last) + 1
        if after < len(releases.ids):
            told["version_removed"] = releases.label(releases.ids[after])
        if state[0] == "some":
            told |= {"partial_implementation": True, "notes": state[1]}
        found.append(told)
    return found[::-1] or [NEVER]
