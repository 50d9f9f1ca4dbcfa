"""Describes the published folder for the tools of other projects.

`datapackage.json` for Frictionless, `croissant.json` (schema.org and ML Commons) for search engines
and dataset tools, `MANIFEST` for `sha256sum --check`. All three follow from the files and
the JSON Schemas beside them, so the meaning of a column is written once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAME = "keras-load-matrix"
TITLE = "Which Keras model files load where, and what happens when they do not"
ABOUT = (
    "Every measured save and load of Keras models between TensorFlow releases: outcome, error, "
    "differences from the saved model, and times of loads."
)
LICENCE = {"name": "MIT", "path": "https://opensource.org/license/mit", "title": "MIT License"}
PACKAGE, CROISSANT, MANIFEST = "datapackage.json", "croissant.json", "MANIFEST"
WRITTEN = (PACKAGE, CROISSANT, MANIFEST)
MEDIA = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
}
KINDS = {".csv": "table", ".json": "json", ".parquet": "file"}
"""The resource types of Frictionless, which would take a JSON file for a table."""
WHOLE = {r"^-?[0-9]+$", r"^[1-9][0-9]*$", r"^\d*$"}
UNITS = {"_s": "seconds", "_bytes": "bytes"}
"""The unit that the end of a column's name gives."""
KEYS = {"cells": ["cell"], "environments": ["environment"]}


def describe(folder: Path) -> dict[str, str]:
    """Return the three descriptions of a folder by file name; the manifest lists the others too."""
    files = [
        path
        for path in sorted(folder.iterdir())
        if path.suffix in MEDIA and path.name not in WRITTEN
    ]
    package, croissant = _package(files), _croissant(files)
    descriptions = {PACKAGE: _json(package), CROISSANT: _json(croissant)}
    digests = {path.name: _digest(path.read_bytes()) for path in files}
    digests |= {name: _digest(text.encode("utf-8")) for name, text in descriptions.items()}
    lines = (f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return descriptions | {MANIFEST: "".join(lines)}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _origin(files: list[Path]) -> dict[str, str]:
    """Return version, commit and end of the run that the cells come from, as far as known."""
    path = next((path for path in files if path.name == "provenance.json"), None)
    origin = json.loads(path.read_text("utf-8")) if path else {}
    keys = ("suite_version", "git_commit", "end")
    return {key: str(origin.get(key) or "") for key in keys}


def _schema(path: Path) -> dict[str, Any] | None:
    """Return the JSON Schema beside a file, if it has one."""
    beside = path.with_name(f"{path.stem}.schema.json")
    if path.name.endswith(".schema.json") or not beside.exists():
        return None
    schema: dict[str, Any] = json.loads(beside.read_text("utf-8"))
    return schema


def says(path: Path) -> str:
    """Describe a file in a sentence."""
    schema = _schema(path)
    if path.name.endswith(".schema.json"):
        subject = path.name.removesuffix(".schema.json")
        return f"JSON Schema of the table or file {subject}."
    if path.suffix == ".parquet":
        return f"The rows of {path.stem} as Parquet."
    if schema is None:
        return "Parts of the scripts that repeat a cell."
    described = str(schema.get("description", schema.get("title", path.name)))
    return described.partition(" Each row as an object")[0]  # how JSON Schema sees a CSV


# --- Frictionless: https://specs.frictionlessdata.io


def _package(files: list[Path]) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "name": NAME,
        "title": TITLE,
        "description": ABOUT,
        "version": _origin(files)["suite_version"],
        "licenses": [LICENCE],
        "resources": [_resource(path) for path in files],
    }


def _resource(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    resource = {
        "name": re.sub(r"[^a-z0-9]+", "-", path.name.lower()),
        "type": KINDS[path.suffix],
        "path": path.name,
        "description": says(path),
        "mediatype": MEDIA[path.suffix],
        "bytes": len(content),
        "hash": f"sha256:{_digest(content)}",
    }
    schema = _schema(path)
    if path.suffix != ".csv" or schema is None:
        return resource
    fields = [_field(name, rules) for name, rules in _columns(schema)]
    table: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if path.stem in KEYS:
        table["primaryKey"] = KEYS[path.stem]
    return resource | {
        "profile": "tabular-data-resource",
        "format": "csv",
        "encoding": "utf-8",
        "schema": table,
    }


def _columns(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Go through the columns of a table in their order."""
    items = schema["items"]
    for name in items["required"]:
        yield name, items["properties"][name]


def _field(name: str, rules: dict[str, Any]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "type": _type(rules)}
    if "description" in rules:
        field["description"] = rules["description"]
    unit = _unit(name)
    if unit:
        field["unit"] = unit
    if "enum" in rules and field["type"] == "string":
        field["constraints"] = {"enum": [value for value in rules["enum"] if value]}
    return field


def _type(rules: dict[str, Any]) -> str:
    pattern = str(rules.get("pattern", ""))
    if set(rules.get("enum", ())) == {"true", "false"}:
        return "boolean"
    if pattern in WHOLE:
        return "integer"
    # Frictionless writes infinity as INF; pandas and DuckDB read the value of the file.
    if "inf" in pattern:
        return "any"
    return "string"


def _unit(name: str) -> str:
    return next((unit for end, unit in UNITS.items() if name.endswith(end)), "")


# --- Croissant: https://docs.mlcommons.org/croissant/docs/croissant-spec.html

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
TYPES = {"integer": "sc:Integer", "any": "sc:Float", "boolean": "sc:Boolean", "string": "sc:Text"}


def _croissant(files: list[Path]) -> dict[str, Any]:
    tables = [path for path in files if path.suffix == ".csv" and _schema(path)]
    origin = _origin(files)
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": NAME,
        "alternateName": TITLE,
        "description": ABOUT,
        "version": origin["suite_version"],
        "datePublished": origin["end"],
        "citeAs": f"keras-load-matrix {origin['suite_version']}, commit {origin['git_commit']}",
        "license": LICENCE["path"],
        "keywords": ["Keras", "TensorFlow", "HDF5", "SavedModel", "compatibility"],
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": path.name,
                "name": path.name,
                "description": says(path),
                "contentUrl": path.name,
                "contentSize": f"{path.stat().st_size} B",
                "encodingFormat": MEDIA[path.suffix],
                "sha256": _digest(path.read_bytes()),
            }
            for path in files
        ],
        "recordSet": [_records(path) for path in tables],
    }


def _records(path: Path) -> dict[str, Any]:
    schema = _schema(path)
    assert schema is not None
    return {
        "@type": "cr:RecordSet",
        "@id": path.stem,
        "name": path.stem,
        "description": says(path),
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{path.stem}/{name}",
                "name": name,
                "description": str(rules.get("description", name)),
                "dataType": TYPES[_type(rules)],
                "source": {"fileObject": {"@id": path.name}, "extract": {"column": name}},
            }
            for name, rules in _columns(schema)
        ],
    }
