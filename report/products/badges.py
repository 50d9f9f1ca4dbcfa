"""What can a README say of the files that it ships? A badge for each format and saver."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import anybadge

from report.findings.grids import Grid
from report.findings.support import has_file, states
from results.releases import Releases

YES, PARTLY, NO = "#1d6b4f", "#8a5a00", "#b3261e"
COLOURS = {"yes": YES, "partly": PARTLY, "no": NO}


def badges(grids: Sequence[Grid], releases: Releases) -> dict[str, bytes]:
    """Return badges by file name: where a saver's files load, and whether from a release on."""
    return {
        f"{name}.svg": drawn(label, value, colour).encode("utf-8")
        for grid in grids
        for name, label, value, colour in _told(grid, releases)
    }


def _told(grid: Grid, releases: Releases) -> Iterator[tuple[str, str, str, str]]:
    for saver in releases.ids:
        if not has_file(grid, saver):
            continue
        known = states(grid, saver, releases)
        every, some = (
            [loader for loader, (state, _) in known.items() if state == wanted]
            for wanted in ("every", "some")
        )
        where = f"{grid.format}-{grid.api}/{saver}"
        label = f"{grid.format} from {saver}"
        colour = YES if len(every) == len(known) else PARTLY if every or some else NO
        words = releases.span(every) if every or not some else f"partly {releases.span(some)}"
        yield where, f"{label} loads in", words, colour
        later = releases.ids[releases.ids.index(saver) + 1 :]
        for place, loader in enumerate(later):
            value = _together([known[one][0] for one in later[place:] if one in known])
            if value:
                text = f"{label} loads in {loader}+"
                yield f"{where}/{loader}", text, value, COLOURS[value]


def _together(found: Sequence[str]) -> str:
    """Say whether all of some releases load a file; nothing where none of them was asked."""
    if not found:
        return ""
    states = set(found)
    return "yes" if states == {"every"} else "no" if states == {"none"} else "partly"


def drawn(label: str, value: str, colour: str) -> str:
    """Draw a badge; the same text gives the same bytes."""
    badge = anybadge.Badge(label=label, value=value, default_color=colour, text_color="white")
    # anybadge numbers its masks in the order of drawing, which says nothing of the badge.
    badge.mask_str = re.sub(r"[^a-z0-9]+", "-", f"{label} {value}".lower())
    return str(badge.badge_svg_text)
