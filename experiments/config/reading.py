"""Read the files of a config group with PyYAML, and check their keys and types with pydantic.

Each complaint becomes a fault with its file, its key and the next step. All of them are collected.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from experiments.config.faults import NAME, Fault, first_line, nearest
from results.releases import natural

Model = TypeVar("Model", bound=BaseModel)
CONTAINERS = (dict, list)

LONGEST_VALUE = 80
"""Characters of a wrong value that a fault repeats."""


class Loader(yaml.CSafeLoader):
    """Reads YAML as Hydra does: no dates, and no mapping that has a key twice."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (the name and the type are PyYAML's)
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping. Raise `yaml.YAMLError` for a key that it has twice."""
        keys = set[str]()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in keys:
                problem = f"found duplicate key {key.value!r}"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            keys.add(str(key.value))
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def stems(root: Path, group: str) -> list[str]:
    """List the names of a group's files in natural order."""
    names = [path.stem for path in (root / "configs" / group).glob("*.yaml")]
    return sorted(names, key=natural)


def read_group(root: Path, group: str, kind: type[Model], faults: list[Fault]) -> dict[str, Model]:
    """Read every file of a group as a model of `kind`; add what is wrong to `faults`.

    A file with a fault is left out.
    """
    entries: dict[str, Model] = {}
    for name in stems(root, group):
        location = f"configs/{group}/{name}.yaml"
        if not NAME.fullmatch(name):
            problem = f"{name!r} cannot be part of a cell's id"
            faults.append(Fault(location, problem, "Use a-z, 0-9, _, - and ."))
            continue
        try:
            content = _content(root, group, name)
        except (yaml.YAMLError, ValueError, OSError) as error:
            faults.append(Fault(location, f"cannot be read: {_reason(error)}", "Mend the YAML."))
            continue
        entry = checked(kind, content, location, faults)
        if entry is not None:
            entries[name] = entry
    return entries


def _content(root: Path, group: str, name: str) -> dict[Any, Any]:
    """Return the mapping in one file of a group. Hydra composes a file that builds on others."""
    file = root / "configs" / group / f"{name}.yaml"
    content = yaml.load(file.read_bytes(), Loader) or {}
    if not isinstance(content, dict):
        raise ValueError("not a mapping of keys to values")
    if "defaults" in content:
        from experiments.config import hydra  # half a second, for files that hardly exist

        composed: dict[Any, Any] = hydra.compose(root, f"{group}/{name}")[group]
        return composed
    return content


def _reason(error: Exception) -> str:
    """Return the line of a file and what is wrong there, as far as an error says so."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return first_line(error)


def checked(
    kind: type[Model], content: dict[Any, Any], location: str, faults: list[Fault]
) -> Model | None:
    """Return the content as a model; None after adding every complaint to `faults`."""
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        complaints = error.errors(include_url=False)
        faults.extend(_fault(kind, complaint, location) for complaint in complaints)
        return None


def _fault(kind: type[BaseModel], complaint: ErrorDetails, location: str) -> Fault:
    """Say a complaint of pydantic in the words of the suite."""
    path, value, sort = complaint["loc"], complaint["input"], complaint["type"]
    key = dotted(path)
    if sort == "missing":
        return Fault(location, f"{key} is missing", f"Add a line {path[-1]}: …")
    if sort == "extra_forbidden":
        keys = _type_at(kind, path[:-1]).model_fields
        return Fault(location, f"unknown key {key!r}", nearest(str(path[-1]), keys))
    if sort == "invalid_key" or path[-1] == "[key]":
        return Fault(location, f"the key {value!r} is not a string", "Put it in quotes.")
    if sort == "enum":
        values = [choice.value for choice in _type_at(kind, path)]
        return Fault(location, f"{key}: no such value {value!r}", nearest(str(value), values))
    shown = textwrap.shorten(repr(value), LONGEST_VALUE, placeholder="…")
    problem = f"{key}: {shown} {complaint['msg'].removeprefix('Input ')}"
    return Fault(location, problem, f"Give {key} the type it has in {kind.__name__}.")


def dotted(path: Iterable[int | str]) -> str:
    """Return a location as a path of keys; items of lists count from 1."""
    return ".".join(str(step + 1 if isinstance(step, int) else step) for step in path)


def _type_at(kind: Any, path: Iterable[int | str]) -> Any:
    """Return the type that a model declares at a location inside it."""
    for step in path:
        if get_origin(kind) in CONTAINERS:
            kind = get_args(kind)[-1]
        else:
            kind = kind.model_fields[step].annotation
        while get_origin(kind) not in (None, *CONTAINERS):  # Annotated[kind, …] and kind | None
            kind = get_args(kind)[0]
    return kind
