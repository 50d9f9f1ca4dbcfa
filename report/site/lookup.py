"""Prepare the data from which the browser explains an error as `explain` does.

The data hold the patterns of the index, every message, and the cells that ended with it, with their
weight for each cause. The browser (`static/lookup.js`) computes everything that depends on the
reader's text; the rest is computed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from report.answers import blames, explain, search
from report.answers.damaged import LOOK, Wording, occurrence
from report.answers.errors import Entry
from report.answers.sentences import SENTENCES
from report.read.cells import Cell, Results
from results.error_index import OTHER

INLINE = re.compile(r"(?<!\\)\(\?[aiLmsuxP(]|\\[AZ]|(?<!\\)[*+?}]\+")
"""The parts of Python's regular expressions that no browser has."""
RULES = {
    "known": search.KNOWN,
    "asLike": search.AS_LIKE,
    "enough": search.ENOUGH,
    "sharpness": search.SHARPNESS,
    "causes": explain.CAUSES,
    "nearest": explain.NEAREST,
    "scenarios": explain.SCENARIOS,
    "examples": blames.EXAMPLES,
    "other": OTHER,
}
"""The numbers by which `explain` judges and shortens, for the browser to do the same."""


class Untranslatable(Exception):
    """Raised for a pattern that a browser reads otherwise than Python."""


def lookup(
    results: Results, entries: Iterable[Entry], damaged: Iterable[Wording] = ()
) -> dict[str, Any]:
    """Return the patterns, the messages and the groups of cells, each value once.

    `damaged` has the messages that only damaged files ended with; each becomes a list of its error,
    its message, and a sentence with the count and the releases.
    """
    failed = [cell for cell in results.cells if cell.error_family or cell.error_type]
    values = {
        "errors": _values(cell.error for cell in failed),
        "messages": _values(cell.error_message for cell in failed),
        "families": _values(cell.error_family for cell in failed),
        "scenarios": _values(cell.scenario for cell in failed),
        "causes": _values([*(cell.cause for cell in failed), blames.VERSION]),
    }
    codes = {key: {name: code for code, name in enumerate(names)} for key, names in values.items()}
    return {
        **values,
        "questions": [results.question(name) for name in values["scenarios"]],
        "patterns": _patterns(results.declared("error")),
        "entries": {entry.name: _entry(entry) for entry in entries},
        "groups": list(_groups(results, failed, codes)),
        "damaged": [
            [wording.error, wording.error_message, occurrence(results, wording)]
            for wording in damaged
        ],
        "look": LOOK,
        "product": results.releases.product,
        "rules": RULES,
        "sentences": SENTENCES,
    }


def _values(texts: Iterable[str]) -> list[str]:
    return sorted(set(texts))


def _patterns(declared: Mapping[str, Any]) -> dict[str, str]:
    """Return the pattern of each entry; raise `Untranslatable` for one that no browser can read."""
    patterns = {name: str(entry["pattern"]) for name, entry in declared.items()}
    for name, pattern in patterns.items():
        untranslatable = INLINE.search(pattern)
        if untranslatable:
            fault = f"{pattern!r} has {untranslatable[0]!r}, which no browser knows"
            raise Untranslatable(f"configs/error/{name}.yaml: {fault}. Write it without.")
    return patterns


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "says": entry.says,
        "check": entry.check,
        "releases": entry.releases,
        "remedies": [[way_out.do, way_out.result] for way_out in entry.ways_out],
    }


def _groups(
    results: Results, failed: Sequence[Cell], codes: Mapping[str, Mapping[str, int]]
) -> Iterable[list[Any]]:
    """Group the cells with the same message, scenario and causes.

    Each group lists its error, message, entry, scenario and causes; whether the plain model fails
    alike; its weight for each of its causes; its number of cells, and a few of them; and whether
    all of its loads are rejected, as they should be.
    """
    groups: dict[tuple[Any, ...], list[Cell]] = {}
    for cell in failed:
        causes = tuple(sorted(codes["causes"][cause] for cause in blames.causes_of(results, cell)))
        plain = int(blames.plain_model_fails_alike(results, cell))
        key = (cell.error, cell.error_message, cell.error_family, cell.scenario, causes, plain)
        groups.setdefault(key, []).append(cell)
    for (error, message, entry, scenario, causes, plain), cells in groups.items():
        weight = sum(1 / blames.tries(results, cell.situation) / len(causes) for cell in cells)
        yield [
            codes["errors"][error],
            codes["messages"][message],
            codes["families"][entry],
            codes["scenarios"][scenario],
            list(causes),
            plain,
            round(weight, 9),
            len(cells),
            [cell.cell for cell in blames.of_different_cases(cells)],
            int(all(cell.verdict == "refused" for cell in cells)),
        ]
