"""How are the rows of a table written?

Rows that would repeat each other are merged: releases into runs, formats and cases into lists.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from report.findings.grids import Key
from report.read.cells import Cell, in_format_order
from results.releases import natural

Name = TypeVar("Name", bound=Hashable)
Value = TypeVar("Value", bound=Hashable)

DASH = "\N{EN DASH}"
NO_ANSWER = {"timeout", "crash", "out_of_memory"}
WORDS = {
    "timeout": "timeout",
    "crash": "crash",
    "out_of_memory": "out of memory",
    "not_saved": "not saved",
    "skipped": "not run",
    "harness_error": "not measured",
}
LONGEST_LIST = 8
ASPECTS = {
    "weights": ("weights", "a weight is missing, another, or off in its last bit"),
    "predictions": ("predictions", "the model computes something else"),
    "state": ("state", "what is not trained: moving averages, seeds that training draws from"),
    "optimizer": ("optimizer", "its number of steps, learning rate or slots"),
    "next_step": ("next step", "training that goes on ends up elsewhere"),
    "compile": ("loss or metrics", "they are gone, or give other numbers"),
    "dtype": ("dtypes", "layers compute in another precision"),
}
"""What a loaded model may have otherwise than the saver's: in words, and what that means."""
PLURAL = {"weights", "predictions", "compile", "dtype"}


def state(cell: Cell) -> str:
    """Say in a word or two what happened: the verdict, and what it leaves open."""
    if cell.verdict == "silent":
        return f"silent ({silence(cell)})"
    word = WORDS.get(cell.outcome, "")
    if cell.verdict == "broken" and word:
        return f"broken ({word})"
    if cell.outcome == "error" and cell.phase not in {"load", ""}:
        return f"{cell.verdict} (at {cell.phase})"
    return word or cell.verdict


def silence(cell: Cell) -> str:
    """Say what of a silent load is not as it should be."""
    if cell.outcome == "equal":
        return "loads as saved"
    aspects = cell.differs.split("+") if cell.differs else []
    names = [ASPECTS.get(aspect, (aspect, ""))[0] for aspect in aspects]
    some = ", ".join(names[:-1])
    together = " and ".join(filter(None, (some, *names[-1:])))
    plural = len(aspects) > 1 or bool(PLURAL.intersection(aspects))
    return f"{together} {'differ' if plural else 'differs'}".strip()


def merged(items: Iterable[tuple[Name, Value]]) -> dict[Value, list[Name]]:
    """Collect the names that share a value, values in order of first appearance."""
    groups: dict[Value, list[Name]] = {}
    for name, value in items:
        groups.setdefault(value, []).append(name)
    return groups


def listed(names: Iterable[str], mark: str = "", longest: int = LONGEST_LIST) -> str:
    """Write names in natural order, and count those beyond the longest list that reads well."""
    every = sorted(set(names), key=natural)
    shown = every if len(every) <= longest + 1 else every[:longest]
    text = ", ".join(f"{mark}{name}{mark}" for name in shown)
    return text if shown == every else f"{text} and {len(every) - len(shown)} more"


def number(count: int) -> str:
    """Write a count with a thin space between thousands."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def percent(part: float, whole: float) -> str:
    """Write a share; a whole of nothing has none. Never 0 or 100 for what is not all or nothing."""
    if not whole:
        return DASH
    share = 100 * part / whole
    if 0 < part < whole:
        share = min(max(share, 1), 99)
    return f"{share:.0f}\N{NO-BREAK SPACE}%"


def routes(pairs: Iterable[tuple[str, str]]) -> str:
    """Write formats with the API that loads them: `load_model`: h5, keras."""
    by_api = merged(sorted(set(pairs), key=lambda pair: natural(pair[1])))
    return "; ".join(
        f"{', '.join(f'`{name}`' for name in in_format_order(names))} by `{api}`"
        for api, names in by_api.items()
    )


def blocks(
    values: Mapping[Key, Value],
) -> list[tuple[list[str], tuple[tuple[str, str], ...], Value]]:
    """Merge keys of one value into blocks of cases by (format, API): formats first, then cases."""
    by_case = merged(((fmt, api), (case, value)) for (case, fmt, api), value in values.items())
    rows = merged((case, (tuple(pairs), value)) for (case, value), pairs in by_case.items())
    return [(cases, pairs, value) for (pairs, value), cases in rows.items()]


def case_list(cases: Iterable[str]) -> str:
    """Write the names of cases as code."""
    return listed(cases, "`")
