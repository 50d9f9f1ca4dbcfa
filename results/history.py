"""What do the published results say otherwise than those published before them?

Each publication leaves an entry in `history.json`: which cells are new or gone, which verdicts
turned, how many messages are worded otherwise. A reader who cites a finding sees whether it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

FILE = "history.json"
Row = Mapping[str, str]
Entry = dict[str, Any]


def entry(before: Iterable[Row], after: Iterable[Row], origin: Mapping[str, Any]) -> Entry | None:
    """Compare two publications; `origin` says of which version and commit the later one is.

    None where not one cell differs in verdict, outcome, or message.
    """
    old, new = ({row["cell"]: row for row in rows} for rows in (before, after))
    both = [(old[cell], new[cell]) for cell in sorted(old.keys() & new.keys())]
    found: Entry = {
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
    return found if any(found[key] for key in ("added", "removed", "reworded", "turned")) else None


def _turned(both: Iterable[tuple[Row, Row]]) -> list[Entry]:
    """Count the verdicts that turned, by scenario, the most first."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for was, now in both:
        if was["verdict"] != now["verdict"]:
            key = (now["scenario"], was["verdict"], now["verdict"])
            groups.setdefault(key, []).append(now["cell"])
    ordered = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    return [
        {"scenario": scenario, "was": was, "now": now, "cells": len(cells), "first": cells[0]}
        for (scenario, was, now), cells in ordered
    ]
