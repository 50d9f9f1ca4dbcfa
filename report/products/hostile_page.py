"""Which release runs a stranger's code? The table of forged files as a page."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from report.findings.rows import DASH
from report.products.pages import written
from report.read.cells import DataError
from results.releases import Releases

ORIGIN = "hostile_provenance.json"
"""What stands beside the cells where files were forged."""
WORDS = {
    "ran": "runs its code",
    "wrote": "writes elsewhere",
    "read": "reads another file",
    "exhausted": "uses up memory or time",
    "crash": "ends the process",
    "inert": "loads, does nothing",
    "refused": "refused",
    "not_applicable": DASH,
}
ELSE = "loads, does nothing, but is another model"
"""What is loaded has other weights than were saved."""
HARM = ("ran", "wrote", "read", "exhausted", "crash")
Row = Mapping[str, str]


@dataclass(frozen=True)
class Hostile:
    """The rows of hostile.csv, and where they come from."""

    rows: Sequence[Row]
    origin: Mapping[str, Any]

    @cached_property
    def releases(self) -> Releases:
        """The environments in which files were forged and loaded."""
        return Releases.of(row["environment"] for row in self.rows)


def there(folder: Path) -> bool:
    """Say whether a folder tells of forged files."""
    return (folder / ORIGIN).exists()


def read(folder: Path) -> Hostile:
    """Read the table of a folder; raise `DataError` for what cannot be read."""
    place = folder / ORIGIN
    try:
        origin = json.loads(place.read_text("utf-8"))
        place = folder / "hostile.csv"
        with place.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, ValueError) as error:
        raise DataError(f"{place}: {error}. Publish the hostile files again.") from None
    return Hostile(rows, origin)


def build(data: Path) -> dict[Path, bytes]:
    """Write the page of a published folder."""
    return {Path("HOSTILE.md"): page(read(data)).encode("utf-8")}


def page(found: Hostile) -> str:
    """Write the page."""
    cases = found.origin["config"]["cases"]
    return written(
        "HOSTILE.md.j2",
        {
            "product": found.releases.product,
            "origin": found.origin,
            "cases": [
                {"name": name, "does": cases[name]["does"], "rows": list(_rows(found, name))}
                for name in dict.fromkeys(row["case"] for row in found.rows)
            ],
            "running": _running(found),
            "words": WORDS,
            "loads": sum(row["end"] != "not_applicable" for row in found.rows),
            "harmed": sum(row["end"] in HARM for row in found.rows),
        },
    )


def _rows(found: Hostile, case: str) -> Iterator[dict[str, str]]:
    """Yield a row for each way to load and each end: in which releases it ends so."""
    ways: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in found.rows:
        if row["case"] == case:
            ways[row["format"], row["api"]][_end(row)].append(row["environment"])
    for (form, api), ends in ways.items():
        for end, names in sorted(ends.items(), key=lambda one: _order(one[0])):
            if end != DASH:
                releases = found.releases.intervals(set(names))
                yield {"format": form, "api": api, "end": end, "releases": releases}


def _end(row: Row) -> str:
    """Say how a load ended, and of code when it ran."""
    if row["end"] == "inert" and row["outcome"] == "different":
        return ELSE
    when = {"load": " while loading", "use": " when it is used"}.get(row["ran"], "")
    after = ", then refused" if row["end"] in HARM[:3] and row["outcome"] == "error" else ""
    return WORDS[row["end"]] + when + after


def _order(end: str) -> int:
    return next(at for at, words in enumerate(WORDS.values()) if end.startswith(words))


def _running(found: Hostile) -> list[dict[str, str]]:
    """Say of each release which forged files run code in it, as its users load by default."""
    rows = []
    for release in found.releases.sort(row["environment"] for row in found.rows):
        own = [row for row in found.rows if row["environment"] == release]
        ran = {row["case"] for row in own if row["ran"] and row["api"] != "load_model_unsafe"}
        asked = {row["case"] for row in own if row["api"] == "load_model_unsafe" and row["ran"]}
        read = {row["case"] for row in own if row["read"] == "yes"}
        rows.append(
            {
                "release": found.releases.label(release),
                "ran": ", ".join(sorted(ran)) or DASH,
                "asked": ", ".join(sorted(asked - ran)) or DASH,
                "read": ", ".join(sorted(read)) or DASH,
            }
        )
    return rows
