"""Fills the page of the timings and draws its figures."""

from __future__ import annotations

from pathlib import Path

from report.drawing.timing_figures import draw, note_on_rounds
from report.findings import timing_tables
from report.read.timings import Timings, read
from report.writing.templates import render


def build(data: Path) -> dict[Path, bytes]:
    """Return the content of the page and of each figure by path."""
    timings = read(data)
    figures = {Path("figures") / name: content for name, content in draw(timings).items()}
    return {Path("TIMINGS.md"): page(timings).encode("utf-8"), **figures}


def page(timings: Timings) -> str:
    """Fill the template of the page."""
    newest = timing_tables.newest(timings)
    return render(
        "TIMINGS.md.j2",
        {
            "timings": timings,
            "origin": timings.origin,
            "releases": timings.releases,
            "sizes": _sizes(timings),
            "kinds": [(name, timings.description(name)) for name in timings.kinds],
            "rounds": note_on_rounds(timings),
            "newest": [
                (timings.releases.label(name), list(timing_tables.costs(timings, name)))
                for name in newest
            ],
            "saves": [
                (timings.releases.label(name), list(timing_tables.saves(timings, name)))
                for name in newest
            ],
            "saved": timing_tables.saved_sizes(timings),
            "first": list(timing_tables.first_loads(timings)),
            "cold": list(timing_tables.cold_loads(timings)),
            "memory": list(timing_tables.memory(timings)),
            "exponents": list(timing_tables.exponents(timings)),
            "changes": sorted(timing_tables.changes(timings), key=lambda row: row["order"]),
            "controls": timings.origin.get("controls", []),
            "trial": timing_tables.trial(timings),
            "imports": list(timing_tables.imports(timings)),
            "untimed": list(timing_tables.untimed(timings)),
        },
    )


def _sizes(timings: Timings) -> list[tuple[str, str]]:
    """Return each size with its median number of parameters."""
    medians = timings.rows.groupby("size")["parameters"].median()
    return [(name, f"{medians[name]:,.0f}".replace(",", " ")) for name in timings.sizes]
