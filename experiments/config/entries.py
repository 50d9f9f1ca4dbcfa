"""Check that messages, claims and reports name cells that exist.

They name cells by globs over their ids, part by part. `=` in place of the loader stands for the
saver; a failed save has no loader. A glob without a cell is a fault of the configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from experiments.config.faults import Fault, nearest
from experiments.config.matrix import known_pairs, saved_as
from experiments.config.schema import Claim, Config, Message, Reports
from results.contract.cells import CELLS, WRITTEN_BY

PARTS = ("scenario", "case", "format", "api", "saved_with", "loaded_with")


def faults(config: Config) -> Iterator[Fault]:
    """Check all messages, claims and reports."""
    for name, message in config.error.items():
        yield from _message_faults(f"configs/error/{name}.yaml", message, config)
    for name, claim in config.claim.items():
        yield from _claim_faults(f"configs/claim/{name}.yaml", claim, config)
    for name, reports in config.report.items():
        yield from _report_faults(f"configs/report/{name}.yaml", reports, config)


def _message_faults(location: str, message: Message, config: Config) -> Iterator[Fault]:
    yield from _pattern_faults(location, "pattern", message.pattern)
    for number, way_out in enumerate(message.remedies, start=1):
        yield from _glob_faults(location, f"remedies.{number}", way_out.cells, config)
        yield from _column_faults(location, f"remedies.{number}.works", way_out.works)


def _claim_faults(location: str, claim: Claim, config: Config) -> Iterator[Fault]:
    yield from _either(location, "", claim.cells, claim.cannot)
    yield from _glob_faults(location, "cells", claim.cells, config)
    if claim.cells and not claim.holds:
        yield Fault(location, "holds is empty", "Name the columns that show that the claim holds.")
    yield from _column_faults(location, "holds", claim.holds)


def _report_faults(location: str, reports: Reports, config: Config) -> Iterator[Fault]:
    for name, report in reports.reports.items():
        if not report.causes:
            problem, fix = f"{name}: names no cause", "Name what it may have been, at least"
            yield Fault(location, problem, f"{fix} `causes: [none]`.")
        yield from _either(location, f"{name}: ", report.cells, report.cannot)
        yield from _glob_faults(location, name, report.cells, config)


def _either(location: str, key: str, cells: list[str], cannot: str | None) -> Iterator[Fault]:
    if bool(cells) == bool(cannot):
        problem = f"{key}names {'both' if cells else 'neither'} cells and why there can be none"
        yield Fault(location, problem, "Give one of them: cells, or cannot.")


def _column_faults(location: str, key: str, patterns: dict[str, str]) -> Iterator[Fault]:
    for column, pattern in patterns.items():
        if column not in CELLS.names:
            yield Fault(location, f"{key}: no column {column!r}", nearest(column, CELLS.names))
        yield from _parse_faults(location, f"{key}.{column}", pattern)


def _pattern_faults(location: str, key: str, pattern: str) -> Iterator[Fault]:
    faults = list(_parse_faults(location, key, pattern))
    yield from faults
    if not faults and re.search(pattern, ""):
        yield Fault(location, f"{key} {pattern!r} is found in anything", "Name some words of it.")


def _parse_faults(location: str, key: str, pattern: str) -> Iterator[Fault]:
    try:
        re.compile(pattern)
    except re.error as error:
        yield Fault(location, f"{key} is no regular expression: {error}", "Escape what is literal.")


def _glob_faults(location: str, key: str, globs: list[str], config: Config) -> Iterator[Fault]:
    for glob in globs:
        parts = glob.split("/")
        if len(parts) not in (len(PARTS) - 1, len(PARTS)):
            fix = f"Write all parts: {'/'.join(PARTS)}"
            yield Fault(location, f"{key}: {glob!r} has {len(parts)} parts", fix)
        else:
            yield from _unmatched(location, f"{key}: {glob}", parts, config)


def _unmatched(location: str, problem: str, parts: list[str], config: Config) -> Iterator[Fault]:
    """Say which part of a glob is the first to leave no cell, or no save if no loader is named."""
    scenario, case, form, api, saver, loader = (*parts, "")[: len(PARTS)]
    scenarios = [name for name in config.scenario if fnmatchcase(name, scenario)]
    if not scenarios:
        yield Fault(location, f"{problem}: no such scenario", nearest(scenario, config.scenario))
        return
    cases = [
        (name, variant, variant if loader else saved_as(config, name, variant))
        for name in scenarios
        for variant in config.scenario[name].cases
    ]
    matching = [(name, variant) for name, variant, label in cases if fnmatchcase(label, case)]
    if not matching:
        fix = nearest(case, {label for *_, label in cases})
        yield Fault(location, f"{problem}: no such case", fix)
        return
    for name, variant in matching:
        routes, pairs = _routes(config, name, variant, loader), known_pairs(config, name, variant)
        if any(
            fnmatchcase(route_format, form) and fnmatchcase(route_api, api)
            for route_format, route_api in routes
        ) and any(
            fnmatchcase(first, saver) and _is_meant(first, second, loader)
            for first, second in pairs
        ):
            return
    fix = "See in the scenario's file which formats, APIs and pairs it has."
    yield Fault(location, f"{problem}: no cell of that format, API and pair", fix)


def _routes(config: Config, scenario: str, case: str, loader: str) -> list[tuple[str, str]]:
    """List the formats of a case with the APIs that load, or if there is no loader, that save."""
    formats = config.scenario[scenario].cases[case].formats
    return [
        (form, api)
        for form, apis in formats.items()
        for api in (apis if loader else [WRITTEN_BY[form]])
    ]


def _is_meant(saver: str, loader: str, glob: str) -> bool:
    """Say whether a glob names this loader; `=` names the saver, and no glob a save."""
    return fnmatchcase(loader, {"": "*", "=": saver}.get(glob, glob))
