"""What does the reader of the corruption campaign see?"""

from __future__ import annotations

from pathlib import Path

from report.drawing.corruption_figures import draw
from report.findings import corruption_tables
from report.read.corruption import ENDS, Corruption, read
from report.writing.templates import render


def build(data: Path) -> dict[Path, bytes]:
    """Write the page and the figures of a published folder: path and content of each."""
    corruption = read(data)
    figures = {Path("figures") / name: content for name, content in draw(corruption).items()}
    return {Path("CORRUPTION.md"): page(corruption).encode("utf-8"), **figures}


def page(corruption: Corruption) -> str:
    """Write the page."""
    return render(
        "CORRUPTION.md.j2",
        {
            "product": corruption.releases.product,
            "origin": corruption.origin,
            "releases": [corruption.releases.label(release) for release in corruption.releases.ids],
            "total": corruption_tables.total(corruption.counts),
            "loaded": int(corruption.counts[["right", "wrong"]].sum().sum()),
            "controls": len(corruption.counts.groupby(["format", "environment"])),
            "reports": corruption.reports,
            "again": corruption_tables.loaded_again(corruption),
            "ends": ENDS,
            "formats": list(corruption_tables.by_format(corruption)),
            "kinds": list(corruption_tables.by_kind(corruption)),
            "data": list(corruption_tables.of_data(corruption)),
            "wrong": corruption_tables.wrong(corruption),
            "checksums": list(corruption_tables.checksums(corruption)),
            "by_release": list(corruption_tables.by_release(corruption)),
            "misleading": corruption_tables.misleading(corruption),
            "no_answer": corruption_tables.no_answer(corruption),
        },
    )
