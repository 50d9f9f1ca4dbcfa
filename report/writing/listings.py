"""Writes cells as rows of a table: as few rows, and as short, as they can be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from report.read.cells import Cell, Key, Pair
from report.writing.lists import DASH, LONGEST_LIST, blocks, case_list, merged, routes
from results.releases import Releases


@dataclass(frozen=True)
class Listing:
    """Cells of one scenario that share a remark, written as one row."""

    scenario: str
    cases: str
    routes: str
    releases: str
    remark: str
    largest: str
    restored: str
    cells: int


def listings(
    cells: Iterable[Cell], releases: Releases, remark: Callable[[Cell], str]
) -> list[Listing]:
    """Write cells by scenario and remark; equal formats, then cases, share a row."""
    groups: dict[tuple[str, str], dict[Key, list[Cell]]] = {}
    for cell in cells:
        group = groups.setdefault((cell.scenario, remark(cell)), {})
        group.setdefault((cell.case, cell.format, cell.api), []).append(cell)
    return [
        listing
        for (scenario, text), members in groups.items()
        for listing in _listings(scenario, text, members, releases)
    ]


def _listings(
    scenario: str, remark: str, groups: Mapping[Key, Sequence[Cell]], releases: Releases
) -> Iterator[Listing]:
    written = {
        key: pairs_text([cell.pair for cell in cells], releases) for key, cells in groups.items()
    }
    for cases, pairs, text in blocks(written):
        cells = [cell for case in cases for pair in pairs for cell in groups[case, *pair]]
        yield Listing(
            scenario=scenario,
            cases=case_list(cases),
            routes=routes(pairs),
            releases=text,
            remark=remark,
            largest=largest_difference(cells),
            restored=restored(cells),
            cells=len(cells),
        )


def largest_difference(cells: Iterable[Cell]) -> str:
    """Write the largest difference of a prediction among some cells, if there is any."""
    largest = max((float(cell.max_abs_diff or 0) for cell in cells), default=0.0)
    return f"{largest:.2g}" if largest else ""


def restored(cells: Iterable[Cell]) -> str:
    """Write how many of the saver's weights some loads restored; a dash where none were counted."""
    counts = sorted(
        {
            (int(cell.weights_restored), int(cell.weights_saved))
            for cell in cells
            if cell.weights_restored
        }
    )
    if not counts:
        return DASH
    if all(back == saved for back, saved in counts):
        return "all"
    ends = counts[:1] if len(counts) == 1 else [counts[0], counts[-1]]
    return "\N{EN DASH}".join(f"{back} of {saved}" for back, saved in ends)


def pairs_text(pairs: Collection[Pair], releases: Releases) -> str:
    """Write pairs of saver and loader: by release if both are the same, else saver \u2192 loader.

    A failed save has no loader. Beside loads it is written as the savers "while saving".
    """
    if all(loader in {saver, ""} for saver, loader in pairs):
        return releases.intervals({saver for saver, _ in pairs})
    loads = [(saver, loader) for saver, loader in pairs if loader]
    saving = {saver for saver, loader in pairs if not loader}
    by_saver = _rectangles(loads, releases)
    by_loader = _rectangles([(loader, saver) for saver, loader in loads], releases)
    turned = [(savers, loaders) for loaders, savers in by_loader]
    best = min(by_saver, turned, key=len)
    shown = [f"{savers} \N{RIGHTWARDS ARROW} {loaders}" for savers, loaders in best[:LONGEST_LIST]]
    cut = [f"and {len(best) - LONGEST_LIST} more"] if len(best) > LONGEST_LIST else []
    saved = [f"{releases.intervals(saving)} while saving"] if saving else []
    return "; ".join(shown + cut + saved)


def _rectangles(pairs: Collection[Pair], releases: Releases) -> list[tuple[str, str]]:
    """Join first releases that stand with the same second ones."""
    partners: dict[str, list[str]] = {}
    for release, partner in pairs:
        partners.setdefault(release, []).append(partner)
    ordered = releases.sort(partners)
    groups = merged((release, releases.intervals(partners[release])) for release in ordered)
    return [(releases.intervals(members), text) for text, members in groups.items()]
