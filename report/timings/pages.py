"""What does the reader of the timings see?"""

from __future__ import annotations

from pathlib import Path

from report.pages import written
from report.timings import summaries
from report.timings.data import Timings, read
from report.timings.plots import draw, often


def build(data: Path) -> dict[Path, bytes]:
    """Write the page and the figures of the timings in a folder: path and content of each."""
    timings = read(data)
    figures = {Path("figures") / name: content for name, content in draw(timings).items()}
    return {Path("TIMINGS.md"): page(timings).encode("utf-8"), **figures}


def page(timings: Timings) -> str:
    """Write the page."""
    newest = summaries.newest(timings)
    return written(
        "TIMINGS.md.j2",
        {
            "timings": timings,
            "origin": timings.origin,
            "releases": timings.releases,
            "sizes": _sizes(timings),
            "families": [(one, timings.says(one)) for one in timings.families],
            "often": often(timings),
            "newest": [
                (timings.releases.label(one), list(summaries.costs(timings, one))) for one in newest
            ],
            "saves": [
                (timings.releases.label(one), list(summaries.saves(timings, one))) for one in newest
            ],
            "saved": summaries.saved_sizes(timings),
            "first": list(summaries.first_loads(timings)),
            "cold": list(summaries.cold_loads(timings)),
            "memory": list(summaries.memory(timings)),
            "exponents": list(summaries.exponents(timings)),
            "changes": sorted(summaries.changes(timings), key=lambda row: row["place"]),
            "controls": timings.origin.get("controls", []),
            "trial": summaries.trial(timings),
            "imports": list(summaries.imports(timings)),
            "untimed": list(summaries.untimed(timings)),
        },
    )


def _sizes(timings: Timings) -> list[tuple[str, str]]:
    """Name the sizes and their parameters."""
    medians = timings.rows.groupby("size")["parameters"].median()
    return [(one, f"{medians[one]:,.0f}".replace(",", " ")) for one in timings.sizes]
