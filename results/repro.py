"""Makes the standalone scripts that repeat a cell without this project.

The saver and the loader have a script each, or one script if they are the same environment. A
script holds the packages of its environment, the request and the sources that carried the cell out.
 `site/repro.js` does the same in the browser, to the byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Pieces = Mapping[str, Any]
"""Contents of `repro.json`."""
Row = Mapping[str, str]

SAVE, LOAD = "save", "load"
FIELD = re.compile("@([A-Z]+)@")


def scripts(pieces: Pieces, row: Row) -> dict[str, str]:
    """Return the scripts that repeat a published row, by name, in the order of their use."""
    saver, loader = row["saved_with"], row["loaded_with"]
    save, load = _request(pieces, row, SAVE), _request(pieces, row, LOAD)
    if not loader:
        return {"save.py": _script(pieces, row, "save.py", saver, [save])}
    if loader == saver:
        return {"repro.py": _script(pieces, row, "repro.py", saver, [save, load])}
    return {
        "save.py": _script(pieces, row, "save.py", saver, [save]),
        "load.py": _script(pieces, row, "load.py", loader, [load]),
    }


def _request(pieces: Pieces, row: Row, stage: str) -> dict[str, Any]:
    """Return the request to the worker, with the paths of a script."""
    saved_as = pieces["saved_as"][row["scenario"]].get(row["case"], row["case"])
    request = {
        "stage": stage,
        "with": row["saved_with"] if stage == SAVE else row["loaded_with"],
        "id": row["cell"],
        "key": "",
        "scenario": row["scenario"],
        "case": saved_as if stage == SAVE else row["case"],
        "saved_as": saved_as,
        "format": row["format"],
    }
    if stage == LOAD:
        request["api"] = row["api"]
    paths = {"artifact": "repro/artifact", "log": f"repro/{stage}.log"}
    fields: dict[str, Any] = pieces.get("own", {}).get(row["scenario"], {}).get(stage, {})
    return request | paths | {"limits": pieces["limits"][stage]} | fields


def _script(
    pieces: Pieces, row: Row, name: str, environment: str, requests: list[dict[str, Any]]
) -> str:
    settings = pieces["environments"][environment]
    published = {key: row[key] for key in ("outcome", "error_type")}
    names = [*pieces["scenarios"][row["scenario"]], *pieces["shared"]]
    return filled(
        pieces["template"],
        {
            "PYTHON": settings["python"],
            "DEPENDENCIES": "\n".join(f'#   "{pin}",' for pin in settings["packages"]),
            "CUTOFF": settings["cutoff"],
            "TITLE": row["cell"],
            "WHAT": _purpose(row, name),
            "NAME": name,
            "REQUESTS": _json(requests),
            "PUBLISHED": _json(published),
            "VARIABLES": _json(settings["variables"]),
            "SOURCES": "".join(_source(path, pieces["sources"][path]) for path in names),
        },
    )


def _purpose(row: Row, name: str) -> str:
    saver, loader = row["saved_with"], row["loaded_with"]
    return {
        "save.py": f"Saves with {saver}"
        + (f"; then run load.py, which loads with {loader}." if loader else "."),
        "load.py": f"Loads with {loader} the file that {saver} saved. Run save.py first.",
        "repro.py": f"Saves and loads with {saver}.",
    }[name]


def _source(path: str, text: str) -> str:
    return f"SOURCES[{_json(path)}] = r'''\n{text}'''\n"


def _json(value: Any) -> str:
    return json.dumps(value, indent=4)


def filled(template: str, values: Mapping[str, str]) -> str:
    """Fill the fields of a template; the values may contain fields, which stay."""
    return FIELD.sub(lambda field: values[field[1]], template)
