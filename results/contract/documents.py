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
    """Return the rules of a number of things."""
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
"""The same facts, and any others that a campaign notes."""

VERSION = {"schema_version": {"const": SCHEMA_VERSION}, "suite_version": text()}
COMMIT_OR_NONE = {"git_commit": value(OR_NONE)}
CLEAN = {"git_clean": value("boolean", "Whether no tracked file differed from the commit.")}
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
            "How many saves and loads had been recorded before this run was last started, and were "
            "not repeated.",
        ),
        "outcomes": mapping(value("integer")),
        "files": DIGESTS,
    },
    "Which code, configuration and machine the published cells come from.",
    optional=("reused",),
)

SESSION = {
    **SPAN,
    "seconds": record(
        {
            "session": number("Wall time of all sessions that went into the run."),
            "rounds": number("Of it, the turns of the rounds."),
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
            "By which part of a change of the machine's pace the time of a call changes, from "
            "round to round.",
        ),
        **SPREAD,
        "controls": listing(value("object")),
        "faults": count("Faults of the harness; timings with any are not published."),
        "left_out": mapping(text(), "Environments that could not take part, and why."),
        "files": DIGESTS,
    },
    "Which code, configuration and machine the timings come from, and what the run says of itself.",
)
CONTROL = record(
    {
        "control": text("Name of the control.", pattern=NAME),
        "environment": text("Environment behind it.", pattern=NAME),
        "slower": number("Part by which its loads were made slower."),
        "comparisons": count("Families and ways to load or save that were compared."),
        "alarms": count("Of them, those that differ."),
        "uncorrected": count("Of them, those that would differ without `between`."),
        "rows": count("Single rows that were compared."),
        "row_alarms": count("Of them, those that differ."),
        "between": number(
            "Standard deviation between two processes of one environment, from the other controls."
        ),
        "largest": number("Difference that 95 % of the comparisons are below, as a part."),
        "tried": count("Loads of stable families with a planted slowdown."),
        "found": count("Of them, those that are found slower."),
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
    "What a session with planted slowdowns found where the answer is known: nothing between an "
    "environment and itself, and loads that were made slower on purpose.",
)

TURN = record(
    {
        "scenario": text(),
        "was": text("Verdict before."),
        "now": text("Verdict now."),
        "cells": value("integer", "How many cells turned so."),
        "first": text("The first of them."),
    }
)
HISTORY = listing(
    record(
        {
            "suite_version": text("Version of the suite that recorded the later one."),
            "git_commit": text("Commit of the suite that recorded the later one."),
            "cells": value("integer", "Rows of the later one."),
            "added": value("integer", "Rows that the earlier one lacks."),
            "removed": value("integer", "Rows that the later one lacks."),
            "reworded": value("integer", "Rows of the same verdict with another message."),
            "turned": listing(TURN, "Verdicts that turned, by scenario, the most first."),
        }
    ),
    "What each publication of cells.csv says otherwise than the one before it, the latest first.",
)

DOCUMENTS: Mapping[str, Rules] = {
    "corruption_provenance.json": campaign(
        "Which code, configuration and machine the damaged files come from."
    ),
    "history.json": HISTORY,
    "hostile_provenance.json": campaign(
        "Which code, configuration and machine the forged files come from."
    ),
    "provenance.json": CELLS,
    "timings_provenance.json": TIMINGS,
    "timings_trial.json": TRIAL,
}
"""The rules of every published JSON document, by file name."""


def schema(file: str) -> dict[str, Any]:
    """Return a document's JSON Schema: its rules, with the meaning at the top."""
    rules = dict(DOCUMENTS[file])
    return {"$schema": DIALECT, "title": file, "description": rules.pop("description"), **rules}
