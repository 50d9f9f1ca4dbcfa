"""Reads the cells of a published folder, and says what is wrong where it cannot."""

from __future__ import annotations

import csv
import fnmatch
import gc
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from results import history
from results.contract.cells import CALLS, CELLS, ENVIRONMENTS, OUTCOMES, VERDICTS, CellRow
from results.contract.version import SCHEMA_VERSION
from results.releases import Releases, natural

TIMED = "timings_provenance.json"
"""The file beside the cells that a folder with timings has."""
Pair = tuple[str, str]
"""The release that saved, and the one that loads."""
Key = tuple[str, str, str]
"""Case, format and API: one load that is followed through the releases."""


class DataError(Exception):
    """Raised when the folder does not hold what the data contract promises."""


@dataclass(frozen=True)
class Cell(CellRow):
    """One row of cells.csv: a load, or (without `loaded_with`) a save that failed."""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Cell:
        """Return the cell of a row; like `Cell(**row)`, in a third of the time."""
        cell = cls.__new__(cls)
        cell.__dict__.update(values)
        return cell

    @property
    def is_save(self) -> bool:
        """Whether the row is a failed save."""
        return not self.loaded_with

    @property
    def diagonal(self) -> bool:
        """Whether the release that loads is the one that saved."""
        return self.saved_with == self.loaded_with

    @property
    def speaker(self) -> str:
        """The release that raises: the loader, or the saver where saving failed."""
        return self.loaded_with or self.saved_with

    @property
    def error(self) -> str:
        """The exception's class without its module."""
        return self.error_type.rpartition(".")[2]

    @property
    def situation(self) -> tuple[str, str, str, str]:
        """Scenario, case, format and API: the cell without its releases."""
        return self.scenario, self.case, self.format, self.api

    @property
    def pair(self) -> Pair:
        """The release that saved and the one that loads."""
        return self.saved_with, self.loaded_with


@dataclass(frozen=True)
class Results:
    """The cells of one published folder, their environments and their origin."""

    cells: tuple[Cell, ...]
    environments: tuple[Mapping[str, str], ...]
    provenance: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...] = ()
    """The differences between each publication and the one before it, the latest first."""
    timed: bool = False
    """Whether timings stand beside the cells."""

    @cached_property
    def releases(self) -> Releases:
        """Every release that the results name, oldest first."""
        listed = {row["environment"] for row in self.environments}
        used = {release for cell in self.cells for release in cell.pair if release}
        return Releases.of(listed | used)

    @cached_property
    def loads(self) -> tuple[Cell, ...]:
        """The cells that load."""
        return tuple(cell for cell in self.cells if not cell.is_save)

    @cached_property
    def failed_saves(self) -> tuple[Cell, ...]:
        """The saves that failed."""
        return tuple(cell for cell in self.cells if cell.is_save)

    @cached_property
    def scenarios(self) -> Mapping[str, tuple[Cell, ...]]:
        """The cells of each scenario, failed saves included."""
        names = sorted({cell.scenario for cell in self.cells}, key=natural)
        groups: dict[str, list[Cell]] = {name: [] for name in names}
        for cell in self.cells:
            groups[cell.scenario].append(cell)
        return {name: tuple(cells) for name, cells in groups.items()}

    @cached_property
    def named(self) -> Mapping[str, Cell]:
        """The cells by their ids."""
        return {cell.cell: cell for cell in self.cells}

    @cached_property
    def situations(self) -> Mapping[tuple[str, str, str, str], Sequence[Cell]]:
        """The cells of each situation."""
        groups: dict[tuple[str, str, str, str], list[Cell]] = {}
        for cell in self.cells:
            groups.setdefault(cell.situation, []).append(cell)
        return groups

    @cached_property
    def majors(self) -> Mapping[str, str]:
        """The major version of Keras in each release, empty where it is not known."""
        majors = {row["environment"]: row["keras"].partition(".")[0] for row in self.environments}
        return {release: majors.get(release, "") for release in self.releases.positions}

    def declared(self, group: str) -> Mapping[str, Any]:
        """Return what the composed config declares in a group, such as `scenario` or `error`."""
        config = self.provenance.get("config", {})
        entries = config.get(group, {}) if isinstance(config, dict) else {}
        return entries if isinstance(entries, dict) else {}

    def question(self, scenario: str) -> str:
        """Return the scenario's question: from the composed config, or made from its name."""
        declared = self.declared("scenario").get(scenario, {})
        question = declared.get("question", "") if isinstance(declared, dict) else ""
        return " ".join(str(question).split()) or scenario.replace("_", " ").capitalize()

    def matching(self, globs: Iterable[str]) -> list[Cell]:
        """Return the loads whose ids match one of the globs, part by part, each once.

        `=` instead of a loader stands for the saver: a release loads its own files.
        """
        selection: dict[str, Cell] = {}
        for glob in globs:
            own = glob.endswith("/=")
            pattern = re.compile("/".join(map(_part, re.sub("=$", "*", glob).split("/"))))
            for name, cells in self.scenarios.items():
                if fnmatchcase(name, glob.partition("/")[0]):
                    selection |= {
                        cell.cell: cell
                        for cell in cells
                        if pattern.fullmatch(cell.cell) and (cell.diagonal or not own)
                    }
        return list(selection.values())


def read(folder: Path) -> Results:
    """Read and check a published folder: cells, environments, provenance, and history if any."""
    with _uncollected():
        cells = _cells(folder / "cells.csv")
    environments = _rows(folder / "environments.csv", set(ENVIRONMENTS.names))
    _unique([row["environment"] for row in environments], folder / "environments.csv")
    return Results(
        cells=tuple(sorted(cells, key=_cell_order)),
        environments=tuple(sorted(environments, key=lambda row: natural(row["environment"]))),
        provenance=_checked_version(folder, _object(folder / "provenance.json")),
        history=tuple(_list(folder / history.FILE)) if (folder / history.FILE).exists() else (),
        timed=(folder / TIMED).exists(),
    )


def _cell_order(cell: Cell) -> str:
    """Return the natural order of an id, part by part: ids have few different parts."""
    return "/".join(map(natural, cell.cell.split("/")))


def _checked_version(path: Path, provenance: Mapping[str, Any]) -> Mapping[str, Any]:
    """Reject results of another version of the data contract."""
    version = provenance.get("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise DataError(
            f"{path}: schema_version {version}; this report reads {SCHEMA_VERSION}. Use the report "
            "of that version, or publish a run of this suite."
        )
    return provenance


def in_format_order(formats: Iterable[str]) -> list[str]:
    """Put formats into the contract's order, unknown ones after it."""
    order = list(CALLS)
    return sorted(set(formats), key=lambda name: (order.index(name) if name in CALLS else 99, name))


def _part(glob: str) -> str:
    """Return the regular expression of a glob over one part of an id."""
    return fnmatch.translate(glob).replace(".*", "[^/]*").removesuffix(r"\Z")


def _table(path: Path, columns: set[str]) -> tuple[list[str], list[list[str]]]:
    """Read a CSV file: its header and its rows; raise `DataError` if a column is missing."""
    with _open(path) as stream:
        reader = csv.reader(stream, strict=True)
        try:
            header = next(reader, [])
            rows = [row for row in reader if row]
        except csv.Error as fault:
            raise DataError(
                f"{path}: line {reader.line_num}: {fault}. Publish the run again."
            ) from None
    missing = sorted(columns - set(header))
    if missing:
        raise DataError(f"{path}: no column {', '.join(missing)}. Publish the run again.")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise DataError(
                f"{path}: row {number}: {len(row)} values for {len(header)} columns. "
                "Publish the run again."
            )
    return header, rows


def _rows(path: Path, columns: set[str]) -> list[dict[str, str]]:
    header, rows = _table(path, columns)
    return [dict(zip(header, row, strict=True)) for row in rows]


@contextmanager
def _open(path: Path) -> Iterator[TextIO]:
    """Open a published text; raise `DataError` where it is missing or not UTF-8."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            yield stream
    except FileNotFoundError:
        raise DataError(f"{path}: no such file. Publish a finished run there first.") from None
    except UnicodeDecodeError as fault:
        raise DataError(f"{path}: not UTF-8: {fault.reason}. Publish the run again.") from None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector away while many objects without cycles are made."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _object(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = _json(path, dict, "object")
    return value


def _list(path: Path) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = _json(path, list, "array")
    return value


def _json(path: Path, kind: type, name: str) -> Any:
    try:
        with _open(path) as stream:
            value = json.load(stream)
    except json.JSONDecodeError as fault:
        raise DataError(f"{path}: not JSON: {fault}.") from None
    if not isinstance(value, kind):
        raise DataError(f"{path}: expected a JSON {name}, not {type(value).__name__}.")
    return value


def _cells(path: Path) -> list[Cell]:
    """Read the cells; a column that was added to the contract later may be missing."""
    header, rows = _table(path, set(CELLS.names) - set(CELLS.added))
    for column, allowed in (("outcome", OUTCOMES), ("verdict", VERDICTS)):
        position = header.index(column)
        values = [row[position] for row in rows]
        for unknown in set(values).difference(allowed):
            raise DataError(
                f"{path}: row {values.index(unknown) + 2}: {column} {unknown!r} is none of "
                f"{', '.join(allowed)}."
            )
    unwritten = dict.fromkeys(set(CELLS.names).difference(header), "")
    cells = [Cell.of({**unwritten, **dict(zip(header, row, strict=True))}) for row in rows]
    _unique([cell.cell for cell in cells], path)
    return cells


def _unique(ids: list[str], path: Path) -> None:
    name, times = Counter(ids).most_common(1)[0] if ids else ("", 0)
    if times > 1:
        raise DataError(f"{path}: {name!r} occurs {times} times. Publish the run again.")
