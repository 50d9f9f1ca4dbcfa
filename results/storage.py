"""Writes, reads and checks the files of the contract.

A file is written under another name beside its path and then renamed, so it is complete or absent.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from results.contract.columns import Row, Table


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file that is complete or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(partial).chmod(0o644)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON with sorted keys."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    r"""Return rows as RFC 4180 with `\n` line ends, in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def read_csv(path: Path) -> list[Row]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def to_parquet(table: Table, rows: Sequence[Row]) -> bytes:
    """Return rows as Parquet; a column that is a number to the contract is one there."""
    import pandas as pd  # here, because a run with nothing to do should not wait for it

    frame = pd.DataFrame(rows, columns=table.names)
    for name, dtype in table.numbers.items():
        frame[name] = pd.to_numeric(frame[name]).astype(dtype)  # type: ignore[call-overload]
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def sha256(content: bytes) -> str:
    """Return the sha256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    return sha256(path.read_bytes())


def invalid(path: Path, schema: Mapping[str, Any]) -> Iterator[str]:
    """Say where a file does not follow its JSON Schema; a CSV is checked row by row."""
    import jsonschema

    validator = jsonschema.Draft202012Validator(schema)
    content: Any = read_csv(path) if path.suffix == ".csv" else json.loads(path.read_text("utf-8"))
    for error in validator.iter_errors(content):
        yield f"{error.json_path}: {error.message}"
