"""Builds the report: reads a published folder, and writes the pages and their figures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from report.drawing import matrix_figures
from report.findings import grids
from report.products import hostile_page, pages
from report.products.building import attempted, write
from report.products.corruption_page import build as corruption_page
from report.products.timing_page import build as timings_page
from report.read import corruption, hostile, timings
from report.read.cells import read


def build(data: Path, out: Path) -> list[Path]:
    """Write all pages and figures from a published folder; return the paths of the files.

    Figures and scenario pages of an earlier report that are not written again are removed.
    """
    results = read(data)
    full = grids.find(results)
    main = grids.headline(full)
    files = {
        Path("figures") / name: content
        for name, content in matrix_figures.draw(results, full, main).items()
    }
    texts = pages.pages(results, full, main)
    files |= {Path(name): text.encode("utf-8") for name, text in texts.items()}
    if timings.there(data):
        files |= timings_page(data)
    if corruption.there(data):
        files |= corruption_page(data)
    forged = hostile.read(results, data)
    if forged is not None:
        files |= hostile_page.build(forged)
    for folder in ("figures", pages.SCENARIOS):
        (out / folder).mkdir(parents=True, exist_ok=True)
        for path in (out / folder).iterdir():
            if path.relative_to(out) not in files:
                path.unlink()
    write(out, files)
    return [out / name for name in files]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build from the command line; return the exit status of `building`."""
    parser = argparse.ArgumentParser(prog="python -m report", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("results/published"))
    parser.add_argument("--out", type=Path, default=Path("report/pages"))
    options = parser.parse_args(arguments)
    return attempted(
        options.out,
        lambda: f"{len(build(options.data, options.out))} files written to {options.out}",
    )


if __name__ == "__main__":
    sys.exit(main())
