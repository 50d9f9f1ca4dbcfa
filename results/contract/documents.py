"""Defines the published JSON documents: provenance, history, and the trial of the timings.

A document's fields are defined once, here; its JSON Schema follows from them (`results.schemas`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from results.contract.columns import DIALECT, NAME
from results.contract.version import SCHEMA_VERSION

Rules = dict[str, Any]
"""The rules of a value, as JSON Schema writes them."""

DIGEST, COMMIT = r"^[0-9a-f]{64}$", r"^[0-9a-f]{40}$"


def value(kind: str | list[str], meaning: str = "", **rules: Any) -> Rules:
    """Return the rules of a value of this JSON type."""
    return {"type": kind, **rules, **({"description": meaning} if meaning else {})}


def text(meaning: str = "", **rules: Any) -> Rules:
    """Return the rules of a text."""
    return value("string", meaning, **rules)


def count(meaning: str = "") -> Rules:
    """Return the rules of a count."""
    return value("integer", meaning, minimum=0)


def number(meaning: str = "") -> Rules:
    """Return the rules of a measured number."""
    return value("number", meaning)


def listing(items: Rules, meaning: str = "", **rules: Any) -> Rules:
    """Return the rules of a list."""
    return value("array", meaning, items=items, **rules)


def mapping(values: Rules, meaning: str = "") -> Rules:
    """Return the rules of an object with any keys, all of whose values follow the same rules."""
    return value("object", meaning, additionalProperties=values)


def record(
    fields: Mapping[str, Rules],
    meaning: str = "",
    optional: tuple[str, ...] = (),
    additional: bool = False,
) -> Rules:
    """Return the rules of an object with these fields, and any `additional` fields."""
    required = [name for name in fields if name not in optional]
    return value(
        "object",
        meaning,
        additionalProperties=additional,
        **({"required": required} if required else {}),
        properties=dict(fields),
    )


OR_NONE = ["string", "null"]
DIGESTS = mapping(text(pattern=DIGEST))
MACHINE = {
    "cpu": text(),
    "cores": value("integer"),
    "memory_kib": text(),
    "kernel": text(),
    "libc": text(),
    "filesystem": text(),
}
ANY_MACHINE = value(
    "object", required=list(MACHINE), additionalProperties={"type": ["string", "integer"]}
)
"""The facts of `MACHINE`, and further facts that a campaign notes."""

VERSION = {"schema_version": {"const": SCHEMA_VERSION}, "suite_version": text()}
COMMIT_OR_NONE = {"git_commit": value(OR_NONE)}
CLEAN = {"git_clean": value("boolean", "Whether every tracked file equalled the commit.")}
COMMAND_LINE = {"command_line": listing(text())}
SPAN = {"start": value(OR_NONE), "end": value(OR_NONE)}


def campaign(meaning: str) -> Rules:
    """Return the rules of the provenance of a campaign's tables."""
    fields = {
        **VERSION,
        **COMMIT_OR_NONE,
        **CLEAN,
        **COMMAND_LINE,
        "config": value("object", "The composed settings."),
        "locks": DIGESTS,
        "machine": ANY_MACHINE,
        **SPAN,
        "files": DIGESTS,
        "faults": {"const": 0, "description": "Faults of the harness."},
        "left_out": listing(text(), "Environments that could not take part.", maxItems=0),
    }
    return record(fields, meaning)


CELLS = record(
    {
        **VERSION,
        "git_commit": text(pattern=COMMIT),
        **CLEAN,
        **COMMAND_LINE,
        "config": value("object", "The composed configuration."),
        "locks": DIGESTS,
        "machine": {**ANY_MACHINE, "additionalProperties": False, "properties": MACHINE},
        **SPAN,
        "reused": record(
            {"saves": count(), "loads": count()},
            "Numbers of saves and loads that an earlier start of the run had recorded, and that "
            "were not repeated.",
        ),
        "outcomes": mapping(value("integer")),
        "files": DIGESTS,
    },
    "Code, configuration and machine of the published cells.",
    optional=("reused",),
)

SESSION = {
    **SPAN,
    "seconds": record(
        {
            "session": number("Wall time of all sessions of the run."),
            "rounds": number("Part of it in the turns of the rounds."),
        }
    ),
    "others": record(
        {"median": number(), "most": number()},
        "Share of the machine that other processes used, over rounds.",
        optional=("median", "most"),
    ),
    "rows": value("integer"),
    "stable": value("integer"),
}
SPREAD = {
    "between": number(
        "Standard deviation of the logarithm of a load's time between two processes of one "
        "environment."
    ),
    "smallest_change": value(["number", "null"], "Median over rows of `detectable`."),
}
TIMINGS = record(
    {
        **VERSION,
        **COMMIT_OR_NONE,
        **CLEAN,
        **COMMAND_LINE,
        "config": value("object", "The composed settings."),
        "keras": mapping(text(), "Version of Keras in each environment."),
        "locks": DIGESTS,
        "machine": ANY_MACHINE,
        **SESSION,
        "pace_share": value(
            ["number", "null"],
            "Relative change of the time of a call per relative change of the machine's pace, from "
            "round to round.",
        ),
        **SPREAD,
        "controls": listing(value("object")),
        "faults": count("Number of faults of the harness; timings with a fault are not published."),
        "left_out": mapping(text(), "Environments that could not take part, each with the reason."),
        "files": DIGESTS,
    },
    "Code, configuration and machine of the timings, and the quality of the run.",
)
CONTROL = record(
    {
        "control": text("Name of the control.", pattern=NAME),
        "environment": text("Environment that the control runs.", pattern=NAME),
        "slower": number("Planted slowdown of the control's loads, as a fraction: 0.1 is 10 %."),
        "comparisons": count("Comparisons, one per kind of model and way to load or save."),
        "alarms": count("Those of them that differ."),
        "uncorrected": count("Those of them that differ without `between`."),
        "rows": count("Compared single rows."),
        "row_alarms": count("Those of them that differ."),
        "between": number(
            "Standard deviation between two processes of one environment, as added to the errors."
        ),
        "largest": number(
            "95th percentile of the absolute differences, as a fraction: 0.05 is 5 %."
        ),
        "tried": count("Stable comparisons of loads with a planted slowdown."),
        "found": count("Those of them in which the slowdown was found."),
    }
)
TRIAL = record(
    {
        **VERSION,
        **COMMIT_OR_NONE,
        **COMMAND_LINE,
        "machine": ANY_MACHINE,
        **SESSION,
        **SPREAD,
        "controls": listing(CONTROL),
    },
    "Result of a session with planted slowdowns: false alarms between an environment and itself, "
    "and found slowdowns of loads that were made slower on purpose.",
)

TURN = record(
    {
        "scenario": text(),
        "was": text("Verdict before."),
        "now": text("Verdict now."),
        "cells": value("integer", "Number of cells with this turn."),
        "first": text("Id of the first of these cells."),
    }
)
HISTORY = listing(
    record(
        {
            "suite_version": text("Version of the suite that recorded the later publication."),
            "git_commit": text("Commit of the suite that recorded the later publication."),
            "cells": value("integer", "Rows of the later publication."),
            "added": value("integer", "Rows that the earlier publication lacks."),
            "removed": value("integer", "Rows that the later publication lacks."),
            "reworded": value("integer", "Rows with the same verdict and another message."),
            "turned": listing(TURN, "Changed verdicts by scenario, the most frequent first."),
        }
    ),
    "Differences of each publication of cells.csv from the publication before it, the latest "
    "first.",
)

DOCUMENTS: Mapping[str, Rules] = {
    "corruption_provenance.json": campaign("Code, configuration and machine of the damaged files."),
    "history.json": HISTORY,
    "hostile_provenance.json": campaign("Code, configuration and machine of the forged files."),
    "provenance.json": CELLS,
    "timings_provenance.json": TIMINGS,
    "timings_trial.json": TRIAL,
}
"""The rules of every published JSON document, by file name."""


def schema(file: str) -> dict[str, Any]:
    """Return a document's JSON Schema: its rules, with the meaning at the top."""
    rules = dict(DOCUMENTS[file])
    return {"$schema": DIALECT, "title": file, "description": rules.pop("description"), **rules}
