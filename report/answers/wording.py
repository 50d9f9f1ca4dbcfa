"""Group messages by their wording.

Two messages share a wording if they differ only in their quotations: names, numbers, shapes, paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from report.read.cells import Cell
from report.writing.text import ELLIPSIS, one_line, shortened
from results.releases import Releases

KEY_LENGTH = 160

_VALUES = (
    (re.compile(r"(?<!\w)'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`"), ELLIPSIS),
    (re.compile(r"[(\[{<][^()\[\]{}<>]*[)\]}>]"), ELLIPSIS),
    (re.compile(r"(?<!\w)[\w.~-]*(?:/[\w.~{}|-]+)+"), ELLIPSIS),
    (re.compile(r"(?<![\w.-])[\w.-]*\d(?:[\w.-]*\w)?|\b\w+\.keras\b"), ELLIPSIS),
)
_OPEN = re.compile(r"(?:[(\[{<]|(?<!\w)['\"`])[^)\]}>]*$")
_REPEATED = re.compile(rf"{ELLIPSIS}(?:[\s,.:;/-]*{ELLIPSIS})+")


@cache
def gapped(message: str) -> str:
    """Replace a message's quotations by ellipses: names, numbers, shapes, paths."""
    before, text = "", one_line(message)
    while before != text:
        before = text
        for quoted, gap in _VALUES:
            text = quoted.sub(gap, text)
    text = one_line(_OPEN.sub(ELLIPSIS, text))
    return _REPEATED.sub(ELLIPSIS, text)


def pattern(message: str) -> str:
    """Reduce a message to its wording: the beginning of the text without quotations."""
    return gapped(message)[:KEY_LENGTH]


def wording(cell: Cell) -> tuple[str, str]:
    """Name the wording of a cell's error by class and pattern; both are empty without one."""
    return cell.error_type, pattern(cell.error_message)


@dataclass(frozen=True)
class Wording:
    """One wording: its releases, its cells, and the facts of the cause that it names."""

    error: str
    message: str
    first: str
    loaded_with: str
    saved_with: str
    cells: int
    cases: tuple[str, ...]
    named: str


def wordings(cells: Iterable[Cell], releases: Releases) -> list[Wording]:
    """Collect the distinct wordings of some cells, in the order of their first release."""
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        if cell.error_type:
            groups.setdefault(wording(cell), []).append(cell)

    def order(key: tuple[str, str]) -> tuple[int, int, tuple[str, str]]:
        first = min(releases.positions[cell.speaker] for cell in groups[key])
        return first, -len(groups[key]), key

    return [_wording(groups[key], releases) for key in sorted(groups, key=order)]


def _wording(cells: list[Cell], releases: Releases) -> Wording:
    speakers = releases.sort(cell.speaker for cell in cells)
    example = min(cells, key=lambda cell: (releases.positions[cell.speaker], cell.cell))
    return Wording(
        error=example.error,
        message=shortened(example.error_message),
        first=releases.label(speakers[0]),
        loaded_with=releases.intervals(speakers),
        saved_with=releases.intervals({cell.saved_with for cell in cells}),
        cells=len(cells),
        cases=tuple(sorted({cell.case for cell in cells})),
        named=_named(cells),
    )


def _named(cells: Iterable[Cell]) -> str:
    """Say how many of the facts that pinpoint the cause are named: `2 of 3`, `0-1 of 3`."""
    counts = [(_count(cell.facts_named), _count(cell.facts_expected)) for cell in cells]
    declared = [(named, expected) for named, expected in counts if expected]
    if not declared:
        return ""
    named = sorted({named for named, _ in declared})
    expected = sorted({expected for _, expected in declared})
    return f"{_range(named)} of {_range(expected)}"


def _count(text: str) -> int:
    return int(float(text)) if text else 0


def _range(numbers: list[int]) -> str:
    ends = numbers[:1] if len(numbers) == 1 else [numbers[0], numbers[-1]]
    return "\N{EN DASH}".join(map(str, ends))
