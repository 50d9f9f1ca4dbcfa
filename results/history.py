"""Compares each publication of the cells with the one before it.

The comparison becomes an entry of `history.json`: new cells, removed cells, turned verdicts and the
number of reworded messages. It shows a reader who cites a finding whether the finding still holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

FILE = "history.json"
Row = Mapping[str, str]
Entry = dict[str, Any]


def entry(before: Iterable[Row], after: Iterable[Row], origin: Mapping[str, Any]) -> Entry | None:
    """Compare two publications; `origin` gives version and commit of the later publication.

    Return None if no cell differs in verdict or message.
    """
    old, new = ({row["cell"]: row for row in rows} for rows in (before, after))
    both = [(old[cell], new[cell]) for cell in sorted(old.keys() & new.keys())]
    comparison: Entry = {
        "suite_version": str(origin.get("suite_version") or ""),
        "git_commit": str(origin.get("git_commit") or ""),
        "cells": len(new),
        "added": len(new.keys() - old.keys()),
        "removed": len(old.keys() - new.keys()),
        "reworded": sum(
            was["verdict"] == now["verdict"] and was["error_message"] != now["error_message"]
            for was, now in both
        ),
        "turned": _turned(both),
    }
    changes = ("added", "removed", "reworded", "turned")
    return comparison if any(comparison[key] for key in changes) else None


def _turned(both: Iterable[tuple[Row, Row]]) -> list[Entry]:
    """Count the verdicts that turned, by scenario, the most first."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for was, now in both:
        if was["verdict"] != now["verdict"]:
            key = (now["scenario"], was["verdict"], now["verdict"])
            groups.setdefault(key, []).append(now["cell"])
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [
        {"scenario": scenario, "was": was, "now": now, "cells": len(cells), "first": cells[0]}
        for (scenario, was, now), cells in ordered
    ]
