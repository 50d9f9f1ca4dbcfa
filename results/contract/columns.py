"""Defines a table of the data contract from a class, and makes its JSON Schema.

A table is a dataclass whose fields are its columns. Values are strings, as a CSV file has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

DIALECT = "https://json-schema.org/draft/2020-12/schema"

NAME = r"^[a-z0-9]+(?:[_.-][a-z0-9]+)*$"
"""A part of a cell's id, and so of a path and a glob."""
COUNT, COUNT_OR_EMPTY, POSITIVE = r"^[0-9]+$", r"^\d*$", r"^[1-9][0-9]*$"
WHOLE, DECIMAL = r"^-?[0-9]+$", r"^[0-9.e+-]+$"
NUMBER = r"^-?([0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?|inf)$"
NUMBER_OR_EMPTY = r"^(-?([0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?|inf))?$"

Row = dict[str, str]
"""A row of any table, by column."""
T = TypeVar("T")


@dataclass(frozen=True)
class Table:
    """One CSV file of the contract: its name, the meaning of a row, and its columns.

    `columns` holds the rules for each column's values, as JSON Schema has them; `numbers` the types
    of those that are numbers in the Parquet copy; `added` came to the contract later. `filled`
    tables have at least one row.
    """

    file: str
    meaning: str
    columns: Mapping[str, Mapping[str, Any]]
    numbers: Mapping[str, str]
    added: tuple[str, ...]
    filled: bool

    @property
    def names(self) -> list[str]:
        """The columns in their order."""
        return list(self.columns)


TABLES: dict[str, Table] = {}
"""All tables by file name; filled by the modules that define them."""


def column(
    meaning: str,
    *,
    values: tuple[str, ...] = (),
    pattern: str = "",
    kind: str = "",
    longest: int = 0,
    filled: bool = False,
    added: bool = False,
    number: str = "",
) -> Any:
    """Define a column by its meaning and by the rules of its values.

    A value is one of `values`, or a text that matches `pattern`, of the format `kind` ("date"), of
    at most `longest` characters, or `filled`: not empty. Older files lack a column that was `added`
    to the contract later, and it is then empty. `number` is its type in the Parquet copy, if not
    text.
    """
    rules: dict[str, Any] = {"type": "string", "description": meaning}
    rules |= {"enum": list(values)} if values else {}
    rules |= {"pattern": pattern} if pattern else {}
    rules |= {"format": kind} if kind else {}
    rules |= {"maxLength": longest} if longest else {}
    rules |= {"minLength": 1} if filled else {}
    metadata = {"rules": rules, "number": number}
    return field(default="", metadata=metadata) if added else field(metadata=metadata)


@dataclass_transform(frozen_default=True, field_specifiers=(column,))
def table(file: str, *, filled: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a class a table of the contract, kept in the CSV file of that name."""

    def make(kind: type[T]) -> type[T]:
        made = dataclass(frozen=True)(kind)
        columns = {item.name: item.metadata["rules"] for item in fields(made)}  # type: ignore[arg-type]
        types = {item.name: item.metadata["number"] for item in fields(made)}  # type: ignore[arg-type]
        numbers = {name: number for name, number in types.items() if number}
        added = tuple(item.name for item in fields(made) if item.default == "")  # type: ignore[arg-type]
        meaning = " ".join((kind.__doc__ or "").split())
        TABLES[file] = Table(file, meaning, columns, numbers, added, filled)
        return made

    return make


def schema(table: Table) -> dict[str, Any]:
    """Return a table's JSON Schema: an array of rows, each an object of strings."""
    rows = {
        "type": "object",
        "additionalProperties": False,
        "required": table.names,
        "properties": {name: dict(rules) for name, rules in table.columns.items()},
    }
    return {
        "$schema": DIALECT,
        "title": table.file,
        "description": f"{table.meaning} Each row as an object of strings, as read from the CSV.",
        "type": "array",
        **({"minItems": 1} if table.filled else {}),
        "items": rows,
    }
