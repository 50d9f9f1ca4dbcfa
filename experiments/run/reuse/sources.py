"""Digests the sources that a cell executes.

A digest is that of the normal form (`syntax`): it changes with a constant, a name or a default, and
stays the same with other words, comments or formatting. No source may therefore read its own
docstrings or line numbers; tests/test_sources.py enforces this.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from experiments.config.schema import ROOT
from experiments.run.reuse.syntax import normal_form, parse

ZONE = ROOT / "experiments"
SCENARIOS = "experiments.scenarios"


@cache
def worker_source() -> str:
    """Return the digest of the sources that every cell goes through."""
    return _digest([*_modules("worker"), ZONE / "scenarios" / "__init__.py"])


@cache
def timer_source(family: str) -> str:
    """Return the digest of the sources that a family's turns go through."""
    families = [ZONE / "families" / f"{name}.py" for name in ("__init__", family)]
    shared = [*_modules("worker"), *_modules("timer"), ZONE / "scenarios" / "__init__.py"]
    return _digest([*shared, *families])


@cache
def scenario_source(name: str) -> str:
    """Return the digest of one scenario's module and of the shared modules that it imports."""
    return _digest(scenario_files(name))


def scenario_files(name: str, zone: Path | None = None) -> list[Path]:
    """List a scenario's module and its shared modules in a folder of experiments, sorted."""
    zone, modules, unread = zone or ZONE, set[str](), [name]
    while unread:
        module = unread.pop()
        modules.add(module)
        unread.extend(_shared_imports(zone / "scenarios" / f"{module}.py") - modules)
    return [zone / "scenarios" / f"{module}.py" for module in sorted(modules)]


def _shared_imports(path: Path) -> set[str]:
    """Name the modules of the scenarios' folder that a scenario imports."""
    names = {
        name
        for node in ast.walk(parse(path.read_bytes()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(SCENARIOS)
        for name in [*node.module.split(".")[2:], *(alias.name for alias in node.names)]
    }
    return {name for name in names if (path.parent / f"{name}.py").exists()}


def _modules(folder: str) -> list[Path]:
    return sorted((ZONE / folder).rglob("*.py"))


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        name = path.relative_to(ZONE).as_posix()
        digest.update(f"{name}\0{_form(path, path.stat().st_mtime_ns)}\0".encode())
    return digest.hexdigest()


@cache
def _form(path: Path, changed_ns: int) -> str:
    """Return a file's normal form, which many scenarios share."""
    return normal_form(path.read_bytes())
