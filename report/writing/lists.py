"""Lists of cases, formats and names, as short as they can be written.

Rows of a table that would repeat each other are merged.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from report.read.cells import Key, in_format_order
from results.releases import natural

Name = TypeVar("Name", bound=Hashable)
Value = TypeVar("Value", bound=Hashable)
Route = tuple[str, str]
"""A format, and the API that loads it."""

DASH = "\N{EN DASH}"
LONGEST_LIST = 8
"""Names; a longer list is cut, and the rest counted."""


def merged(items: Iterable[tuple[Name, Value]]) -> dict[Value, list[Name]]:
    """Collect the names that share a value, values in order of first appearance."""
    groups: dict[Value, list[Name]] = {}
    for name, value in items:
        groups.setdefault(value, []).append(name)
    return groups


def listed(names: Iterable[str], mark: str = "", longest: int = LONGEST_LIST) -> str:
    """Write names in natural order, and count those beyond `longest`."""
    ordered = sorted(set(names), key=natural)
    shown = ordered if len(ordered) <= longest + 1 else ordered[:longest]
    text = ", ".join(f"{mark}{name}{mark}" for name in shown)
    return text if shown == ordered else f"{text} and {len(ordered) - len(shown)} more"


def routes(pairs: Iterable[Route]) -> str:
    """Write formats with the API that loads them: `h5`, `keras` by `load_model`."""
    by_api = merged(sorted(set(pairs), key=lambda pair: natural(pair[1])))
    return "; ".join(
        f"{', '.join(f'`{name}`' for name in in_format_order(names))} by `{api}`"
        for api, names in by_api.items()
    )


def blocks(values: Mapping[Key, Value]) -> list[tuple[list[str], tuple[Route, ...], Value]]:
    """Merge keys of one value into blocks of cases by route: routes first, then cases."""
    by_case = merged(((form, api), (case, value)) for (case, form, api), value in values.items())
    rows = merged((case, (tuple(pairs), value)) for (case, value), pairs in by_case.items())
    return [(cases, pairs, value) for (pairs, value), cases in rows.items()]


def case_list(cases: Iterable[str]) -> str:
    """Write the names of cases as code."""
    return listed(cases, "`")
