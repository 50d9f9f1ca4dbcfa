"""What does the browser need to say what causes an error?

The same as `explain`: the patterns of the families, every message with the cells that ended in it,
and how much these weigh for which cause. What depends on the text that is looked up is reckoned in
the browser (`static/lookup.js`), what does not is reckoned here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from report.answers import blames
from report.answers.damaged import LOOK, Wording, told
from report.answers.errors import Entry
from report.read.cells import Cell, Results
from results.families import OTHER

EXAMPLES = 2
"""Cells that are named of each group."""
INLINE = re.compile(r"(?<!\\)\(\?[aiLmsuxP(]|\\[AZ]|(?<!\\)[*+?}]\+")
"""What Python's regular expressions have and the browser's have not."""


class Untranslatable(Exception):
    """Raised for a pattern that a browser would not understand as Python does."""


def lookup(
    results: Results, entries: Iterable[Entry], damaged: Iterable[Wording] = ()
) -> dict[str, Any]:
    """Return the families, the messages and the groups of cells, each value once.

    And of the `damaged` files what no cell says, each: error, message, how many and where.
    """
    failed = [cell for cell in results.cells if cell.error_family or cell.error_type]
    values = {
        "errors": _values(cell.error for cell in failed),
        "messages": _values(cell.error_message for cell in failed),
        "families": _values(cell.error_family for cell in failed),
        "scenarios": _values(cell.scenario for cell in failed),
        "causes": _values([*(cell.cause for cell in failed), blames.VERSION]),
    }
    places = {key: {one: place for place, one in enumerate(some)} for key, some in values.items()}
    return {
        **values,
        "questions": [results.question(name) for name in values["scenarios"]],
        "patterns": _patterns(results.declared("error")),
        "entries": {one.name: _entry(one) for one in entries},
        "groups": list(_groups(results, failed, places)),
        "damaged": [[one.error, one.error_message, told(results, one)] for one in damaged],
        "look": LOOK,
    }


def _values(some: Iterable[str]) -> list[str]:
    return sorted(set(some))


def _patterns(declared: Mapping[str, Any]) -> dict[str, str]:
    """Return the pattern of each family; raise `Untranslatable` for one that only Python knows."""
    found = {name: str(one["pattern"]) for name, one in declared.items()}
    for name, pattern in found.items():
        unknown = INLINE.search(pattern)
        if unknown:
            what = f"{pattern!r} has {unknown[0]!r}, which no browser knows"
            raise Untranslatable(f"configs/error/{name}.yaml: {what}. Write it without.")
    return found


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "says": one.says,
        "check": one.check,
        "releases": one.releases,
        "remedies": [[remedy.do, remedy.told] for remedy in one.remedies],
        "known": one.name != OTHER,
    }


def _groups(
    results: Results, failed: Sequence[Cell], places: Mapping[str, Mapping[str, int]]
) -> Iterable[list[Any]]:
    """Put cells together that the text cannot tell apart.

    Each group: error, message, family, scenario, causes, whether the plain model ends so as well,
    its weight for each of its causes, how many cells it has, some of them, whether all are refused.
    """
    groups: dict[tuple[Any, ...], list[Cell]] = {}
    for cell in failed:
        causes = tuple(sorted(places["causes"][one] for one in blames.causes_of(results, cell)))
        plain = int(blames.plain_ends_so(results, cell))
        key = (cell.error, cell.error_message, cell.error_family, cell.scenario, causes, plain)
        groups.setdefault(key, []).append(cell)
    for (error, message, family, scenario, causes, plain), cells in groups.items():
        weight = sum(1 / blames.tries(results, cell.situation) / len(causes) for cell in cells)
        yield [
            places["errors"][error],
            places["messages"][message],
            places["families"][family],
            places["scenarios"][scenario],
            list(causes),
            plain,
            round(weight, 9),
            len(cells),
            [cell.cell for cell in _various(cells)],
            int(all(cell.verdict == "refused" for cell in cells)),
        ]


def _various(cells: Sequence[Cell]) -> list[Cell]:
    """Choose a few cells of different cases."""
    by_case: dict[str, Cell] = {}
    for cell in cells:
        by_case.setdefault(cell.case, cell)
    return list(by_case.values())[:EXAMPLES]
