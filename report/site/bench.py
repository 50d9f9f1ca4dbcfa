"""Measure the time to the first view of the site, and the time of a filter.

The bench repeats the published cells to a hundred thousand and filters them in Chromium as a user
does: it ticks a box, and the page draws everything anew. It also times the same filter over a list
of objects, one for each cell.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from report.products.building import replace
from report.read.cells import read
from report.site.browser import launched
from report.site.build import build
from report.site.columns import columns
from report.site.scripts import script

CELLS = 100_000
TICKS = 30
"""The number of ticked boxes, and of openings of the first page."""
TICK = """(index) => {
    const boxes = [...document.querySelectorAll("#filters input[type=checkbox]")];
    const box = boxes[(index * 37) % boxes.length];
    const begin = performance.now();
    box.click();
    document.body.offsetHeight;  // laid out as well
    const spent = performance.now() - begin;
    if (index % 3 === 2) document.querySelector("#filters > button").click();
    return spent;
}"""
COMPARED = """(times) => {
    const { columns } = klm;
    const names = columns.names;
    const cells = Array.from({ length: columns.count }, (_, row) =>
        Object.fromEntries(names.map((name) => [name, columns.value(name, row)])));
    const chosen = { verdict: new Set(["silent"]), format: new Set(["h5", "keras"]) };
    const timed = (call) => {
        const spent = [];
        for (let i = 0; i < times; i++) {
            const begin = performance.now();
            call();
            spent.push(performance.now() - begin);
        }
        return spent.sort((a, b) => a - b)[times >> 1];
    };
    const facets = names.filter((name) => name !== "case");
    const byColumns = timed(() => columns.filter(chosen, facets));
    const byObjects = timed(() => {
        const counts = {};
        for (const facet of facets) {
            const others = Object.entries(chosen).filter(([name]) => name !== facet);
            for (const cell of cells)
                if (others.every(([name, values]) => values.has(cell[name])))
                    counts[facet + cell[facet]] = (counts[facet + cell[facet]] || 0) + 1;
        }
        return counts;
    });
    return [byColumns, byObjects];
}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the measured times."""
    parser = argparse.ArgumentParser(prog="python -m report.site.bench", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("results/published"))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="site-") as folder:
        site, count = Path(folder), _built(options.data, Path(folder))
        with sync_playwright() as playwright, launched(playwright) as browser:
            first = sorted(_first_view(browser, site) for _ in range(TICKS))
            print(f"first view of the start page from a file: {_spread(first)}")
            page = browser.new_page()
            page.goto((site / "matrix.html").as_uri())
            page.wait_for_selector("#list table")
            ticks = sorted(page.evaluate(TICK, index) for index in range(TICKS))
            print(f"a filter over {count:,} cells, drawn: {_spread(ticks)}")
            by_columns, by_objects = _compared(page)
            ratio = by_objects / by_columns
            print(
                f"the filter alone: {by_columns:.1f} ms; over objects {by_objects:.1f} ms, "
                f"{ratio:.1f} times as long"
            )
    return 0


def _built(data: Path, site: Path) -> int:
    """Build the site with the cells repeated; return their number."""
    results = read(data)
    times = -(-CELLS // len(results.cells))
    repeated = columns(results.cells * times, results.releases)
    files = build(data)
    files[Path("data/cells.js")] = script("cells", repeated).encode("ascii")
    replace(site, files)
    return int(repeated["count"])


def _first_view(browser: Browser, site: Path) -> float:
    """Return the milliseconds until the start page shows its first content."""
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    first_paint: float = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    page.close()
    return first_paint


def _compared(page: Page) -> tuple[float, float]:
    by_columns, by_objects = page.evaluate(COMPARED, 5)
    return float(by_columns), float(by_objects)


def _spread(spent: Sequence[float]) -> str:
    """Write milliseconds: the median, and the longest."""
    return f"median {statistics.median(spent):.0f} ms, longest {max(spent):.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
