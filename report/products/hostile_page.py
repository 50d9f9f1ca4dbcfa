"""Write the page of forged files: which release runs a stranger's code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from report.read.cells import Cell
from report.read.hostile import Hostile
from report.writing.lists import DASH
from report.writing.templates import render

EFFECTS = {
    "code_at_load": "runs its code while loading",
    "code_in_use": "runs its code when it is used",
    "file_written": "writes elsewhere",
    "file_read": "reads another file",
}
OUTCOMES = {
    "timeout": "uses up memory or time",
    "out_of_memory": "uses up memory or time",
    "crash": "ends the process",
    "equal": "loads, does nothing",
    "different": "loads, does nothing, but is another model",
    "error": "rejected, as it should be",
}
"""The words for a load that had no effects."""
REJECTED = ", then rejected"
HARMFUL = ("timeout", "out_of_memory", "crash")
RUNS_CODE = {"code_at_load", "code_in_use"}
UNSAFE = "load_model_unsafe"


def build(hostile: Hostile) -> dict[Path, bytes]:
    """Write the page of the published forged files."""
    return {Path("HOSTILE.md"): page(hostile).encode("utf-8")}


def page(hostile: Hostile) -> str:
    """Write the page."""
    return render(
        "HOSTILE.md.j2",
        {
            "product": hostile.releases.product,
            "cases": [
                {"name": name, "does": hostile.declared["cases"][name]["does"], "rows": rows}
                for name, rows in _cases(hostile).items()
            ],
            "releases": _releases(hostile),
            "loads": len(hostile.loads),
            "harmful": sum(bool(cell.effects) or cell.outcome in HARMFUL for cell in hostile.loads),
            "limit": hostile.declared["limits"]["load"],
            "table": hostile.table,
            "commit": hostile.commit[:12],
        },
    )


def _cases(hostile: Hostile) -> dict[str, list[dict[str, str]]]:
    """Return for each case a row for each way to load and end, with the releases of that end."""
    cases: dict[str, dict[tuple[str, str], list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in hostile.loads:
        cases[cell.case][cell.format, cell.api].append(cell)
    return {
        case: [
            {"format": form, "api": api, **row}
            for (form, api), cells in ways.items()
            for row in _ends(hostile, cells)
        ]
        for case, ways in cases.items()
    }


def _ends(hostile: Hostile, cells: list[Cell]) -> Iterator[dict[str, str]]:
    """Yield each end of a way to load, the worst first, and its releases."""
    ends: dict[str, set[str]] = defaultdict(set)
    for cell in cells:
        ends[_end(cell)].add(cell.loaded_with)
    words = [*EFFECTS.values(), *OUTCOMES.values()]
    for end in sorted(ends, key=lambda end: words.index(end.removesuffix(REJECTED))):
        yield {"end": end, "releases": hostile.releases.intervals(ends[end])}


def _end(cell: Cell) -> str:
    """Say how a load ended: by its worst effect, or without any by its outcome."""
    for effect, words in EFFECTS.items():
        if effect in cell.effects.split("+"):
            return words + (REJECTED if cell.outcome == "error" else "")
    return OUTCOMES[cell.outcome]


def _releases(hostile: Hostile) -> list[dict[str, str]]:
    """Say of each release which files run code in it, and which have it read another file."""
    rows = []
    for release in hostile.releases.sort(cell.loaded_with for cell in hostile.loads):
        own = [cell for cell in hostile.loads if cell.loaded_with == release]
        by_default = _with([cell for cell in own if cell.api != UNSAFE], RUNS_CODE)
        unsafely = _with([cell for cell in own if cell.api == UNSAFE], RUNS_CODE)
        rows.append(
            {
                "release": hostile.releases.label(release),
                "runs_code": _listed(by_default),
                "only_unsafe": _listed(unsafely - by_default),
                "reads": _listed(_with(own, {"file_read"})),
            }
        )
    return rows


def _with(cells: list[Cell], effects: set[str]) -> set[str]:
    """Return the cases in which a load had one of the effects."""
    return {cell.case for cell in cells if effects & set(cell.effects.split("+"))}


def _listed(cases: set[str]) -> str:
    return ", ".join(sorted(cases)).replace("_", " ") or DASH
