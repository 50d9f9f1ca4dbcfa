"""Group messages by their wording.

Two messages share a wording if they differ only in their quotations: names, numbers, shapes, paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from report.read.cells import Cell
from results.releases import Releases

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
KEY_LENGTH = 160
SHOWN_LENGTH = 220

_VALUES = (
    (re.compile(r"(?<!\w)'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`"), ELLIPSIS),
    (re.compile(r"[(\[{<][^()\[\]{}<>]*[)\]}>]"), ELLIPSIS),
    (re.compile(r"(?<!\w)[\w.~-]*(?:/[\w.~{}|-]+)+"), ELLIPSIS),
    (re.compile(r"(?<![\w.-])[\w.-]*\d(?:[\w.-]*\w)?|\b\w+\.keras\b"), ELLIPSIS),
)
_OPEN = re.compile(r"(?:[(\[{<]|(?<!\w)['\"`])[^)\]}>]*$")
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_TURNING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of writing; with them a text reads other than it is."""
_SPACE = re.compile(r"\s+")
_REPEATED = re.compile(rf"{ELLIPSIS}(?:[\s,.:;/-]*{ELLIPSIS})+")


def one_line(text: str) -> str:
    r"""Put text on one line, without a terminal's colours and other control characters.

    Marks that turn the direction of writing are named, as `\u202e`.
    """
    shown = _TURNING.sub(lambda mark: f"\\u{ord(mark[0]):04x}", _CONTROL.sub("", text))
    return _SPACE.sub(" ", shown).strip()


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


def shortened(message: str, length: int = SHOWN_LENGTH) -> str:
    """Put a message on one line and cut it at a word."""
    line = one_line(message)
    if len(line) <= length:
        return line
    return f"{line[:length].rsplit(' ', 1)[0]} {ELLIPSIS}"


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
        first = min(releases.places[cell.speaker] for cell in groups[key])
        return first, -len(groups[key]), key

    return [_wording(groups[key], releases) for key in sorted(groups, key=order)]


def _wording(cells: list[Cell], releases: Releases) -> Wording:
    speakers = releases.sort(cell.speaker for cell in cells)
    example = min(cells, key=lambda cell: (releases.places[cell.speaker], cell.cell))
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
