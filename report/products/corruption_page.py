"""What does the reader of the corruption campaign see?"""

from __future__ import annotations

from pathlib import Path

from report.drawing.corruption_figures import draw
from report.findings import corruption_tables
from report.read.corruption import ENDS, Corruption, read
from report.writing.templates import render


def build(data: Path) -> dict[Path, bytes]:
    """Write the page and the figures of a published folder: path and content of each."""
    found = read(data)
    figures = {Path("figures") / name: content for name, content in draw(found).items()}
    return {Path("CORRUPTION.md"): page(found).encode("utf-8"), **figures}


def page(found: Corruption) -> str:
    """Write the page."""
    return render(
        "CORRUPTION.md.j2",
        {
            "product": found.releases.product,
            "origin": found.origin,
            "releases": [found.releases.label(one) for one in found.releases.ids],
            "total": corruption_tables.total(found.counts),
            "loaded": int(found.counts[["right", "wrong"]].sum().sum()),
            "controls": len(found.counts.groupby(["format", "environment"])),
            "reports": found.reports,
            "again": corruption_tables.loaded_again(found),
            "ends": ENDS,
            "formats": list(corruption_tables.by_format(found)),
            "kinds": list(corruption_tables.by_kind(found)),
            "data": list(corruption_tables.of_data(found)),
            "wrong": corruption_tables.wrong(found),
            "checksums": list(corruption_tables.checksums(found)),
            "by_release": list(corruption_tables.by_release(found)),
            "misleading": corruption_tables.misleading(found),
            "no_answer": corruption_tables.no_answer(found),
        },
    )
