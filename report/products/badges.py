"""Draws badges for READMEs: where the files of a format and saver load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import anybadge

from report.findings.grids import Grid
from report.products.support import has_file, states
from results.releases import Releases

YES, PARTLY, NO = "#1d6b4f", "#8a5a00", "#b3261e"
COLOURS = {"yes": YES, "partly": PARTLY, "no": NO}


def badges(grids: Sequence[Grid], releases: Releases) -> dict[str, bytes]:
    """Return badges by file name.

    One says where a saver's files load; others say whether they load from a later release on.
    """
    return {
        f"{name}.svg": drawn(label, value, colour).encode("utf-8")
        for grid in grids
        for name, label, value, colour in _badges(grid, releases)
    }


def _badges(grid: Grid, releases: Releases) -> Iterator[tuple[str, str, str, str]]:
    for saver in releases.ids:
        if not has_file(grid, saver):
            continue
        loaders = states(grid, saver, releases)
        every, some = (
            [loader for loader, (state, _) in loaders.items() if state == name]
            for name in ("every", "some")
        )
        path = f"{grid.format}-{grid.api}/{saver}"
        label = f"{grid.format} from {saver}"
        colour = YES if len(every) == len(loaders) else PARTLY if every or some else NO
        words = releases.span(every) if every or not some else f"partly {releases.span(some)}"
        yield path, f"{label} loads in", words, colour
        later = releases.ids[releases.ids.index(saver) + 1 :]
        for index, loader in enumerate(later):
            value = _together([loaders[name][0] for name in later[index:] if name in loaders])
            if value:
                text = f"{label} loads in {loader}+"
                yield f"{path}/{loader}", text, value, COLOURS[value]


def _together(states: Sequence[str]) -> str:
    """Say whether some releases load a file: yes, no or partly; empty if none was measured."""
    if not states:
        return ""
    distinct = set(states)
    return "yes" if distinct == {"every"} else "no" if distinct == {"none"} else "partly"


def drawn(label: str, value: str, colour: str) -> str:
    """Draw a badge; the same text gives the same bytes."""
    badge = anybadge.Badge(label=label, value=value, default_color=colour, text_color="white")
    # anybadge numbers its masks in the order of drawing, which would differ from run to run.
    badge.mask_str = re.sub(r"[^a-z0-9]+", "-", f"{label} {value}".lower())
    return str(badge.badge_svg_text)
