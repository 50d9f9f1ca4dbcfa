"""What does the reader of the corruption campaign see?"""

from __future__ import annotations

from pathlib import Path

from report.corruption import summaries
from report.corruption.data import ENDS, Corruption, read
from report.corruption.plots import draw
from report.pages import written


def build(data: Path) -> dict[Path, bytes]:
    """Write the page and the figures of a published folder: path and content of each."""
    found = read(data)
    figures = {Path("figures") / name: content for name, content in draw(found).items()}
    return {Path("CORRUPTION.md"): page(found).encode("utf-8"), **figures}


def page(found: Corruption) -> str:
    """Write the page."""
    return written(
        "CORRUPTION.md.j2",
        {
            "product": found.releases.product,
            "origin": found.origin,
            "releases": [found.releases.label(one) for one in found.releases.ids],
            "total": summaries.total(found.counts),
            "loaded": int(found.counts[["right", "wrong"]].sum().sum()),
            "controls": len(found.counts.groupby(["format", "environment"])),
            "reports": found.reports,
            "again": summaries.loaded_again(found),
            "ends": ENDS,
            "formats": list(summaries.by_format(found)),
            "kinds": list(summaries.by_kind(found)),
            "data": list(summaries.of_data(found)),
            "wrong": summaries.wrong(found),
            "checksums": list(summaries.checksums(found)),
            "by_release": list(summaries.by_release(found)),
            "misleading": summaries.misleading(found),
            "no_answer": summaries.no_answer(found),
        },
    )
