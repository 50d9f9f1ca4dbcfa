"""Does the digest of a source follow its code alone?"""

from __future__ import annotations

import ast
import gc
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from experiments.environments import interpreters
from experiments.environments.interpreters import Interpreter
from experiments.run.reuse import sources, syntax
from experiments.run.reuse.sources import ZONE
from experiments.run.reuse.syntax import normal_form

INSIDE = ("worker", "timer", "scenarios", "families")
PYTHONS = ("3.11", "3.12", "3.13")
"""The versions of Python that may run the suite."""
OWN_TEXT = {
    *("__doc__", "getdoc", "getsource", "getsourcelines", "findsource", "linecache"),
    *("lineno", "f_lineno", "tb_lineno", "co_firstlineno", "co_lines", "co_lnotab"),
}
"""Names by which code reads its own words or line numbers."""

SOURCE = '''\
"""Builds a layer."""

import os

WIDTH = 4
"""Units of the layer."""


class Builder:
    """Builds layers of one width."""

    def build(self, tf, units=WIDTH, name="dense"):
        """Return a layer."""
        # The width is small, so that tests are fast.
        return tf.keras.layers.Dense(units, name=name, activation="relu" "6")
'''
WORDS = {
    "the module's docstring": ("Builds a layer.", "Returns a layer."),
    "a class's docstring": ("Builds layers of one width.", "Makes layers."),
    "a function's docstring": ("Return a layer.", "Return a new layer.\n\n        It is small."),
    "words after a constant": ('"""Units of the layer."""\n', ""),
    "a comment": ("# The width is small, so that tests are fast.", "# Few units."),
    "an empty line": ("import os\n", "\n\nimport os\n"),
    "quotation marks": ('name="dense"', "name='dense'"),
    "a string in one part": ('"relu" "6"', '"relu6"'),
    "line breaks": ("Dense(units, ", "Dense(\n            units,\n            "),
}
CODE = {
    "a constant": ("WIDTH = 4", "WIDTH = 5"),
    "a constant's type": ("WIDTH = 4", "WIDTH = 4.0"),
    "a name": ("class Builder", "class Maker"),
    "a default": ("units=WIDTH", "units=3"),
    "a default string": ('name="dense"', 'name="Dense"'),
    "an argument's order": ('units=WIDTH, name="dense"', 'name="dense", units=WIDTH'),
    "an attribute": ("layers.Dense", "layers.LSTM"),
    "an import": ("import os", "import sys"),
    "a docstring that becomes code": ('"""Units of the layer."""', 'WORDS = "Units of the layer."'),
    "a missing argument": (", name=name", ""),
    "None": ("units=WIDTH", "units=None"),
}


def edited(old: str, new: str) -> str:
    assert old in SOURCE
    return normal_form(SOURCE.replace(old, new, 1).encode())


@pytest.mark.parametrize("change", WORDS.values(), ids=WORDS)
def test_words_do_not_change_the_form(change: tuple[str, str]) -> None:
    assert edited(*change) == normal_form(SOURCE.encode())


@pytest.mark.parametrize("change", CODE.values(), ids=CODE)
def test_code_changes_the_form(change: tuple[str, str]) -> None:
    assert edited(*change) != normal_form(SOURCE.encode())


def test_no_two_changes_of_code_have_the_same_form() -> None:
    forms = {edited(*change) for change in CODE.values()}
    assert len(forms) == len(CODE)


@cache
def files() -> list[Path]:
    return sorted(path for folder in INSIDE for path in (ZONE / folder).rglob("*.py"))


@pytest.mark.parametrize("version", PYTHONS)
def test_every_python_writes_the_same_form(version: str) -> None:
    python = interpreters.find(version)
    if not isinstance(python, Interpreter):
        pytest.skip(f"there is no Python {version} here")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from syntax import normal_form\n"
        "for path in sys.argv[2:]: print(normal_form(open(path, 'rb').read()))"
    )
    words: list[str | Path] = [python.path, "-c", code, Path(syntax.__file__).parent, *files()]
    process = subprocess.run(words, capture_output=True, text=True, check=True)
    assert process.stdout.splitlines() == forms()


def test_two_threads_parse_while_the_collector_switches_between_them() -> None:
    """Without the lock, CPython 3.11.7 ends this in `SystemError`."""
    source = Path(syntax.__file__).read_bytes()
    threshold = gc.get_threshold()
    gc.callbacks.append(lambda phase, info: time.sleep(1e-4))
    gc.set_threshold(100)
    try:
        with ThreadPoolExecutor(2) as pool:
            texts = list(pool.map(normal_form, [source] * 20))
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.pop()
    assert set(texts) == {normal_form(source)}


@cache
def forms() -> list[str]:
    return [normal_form(path.read_bytes()) for path in files()]


def readers_of_own_text(source: str) -> Iterator[str]:
    """Yield the names by which a source reads its own words or lines."""
    for node in ast.walk(ast.parse(source)):
        names = {
            ast.Name: lambda node: [node.id],
            ast.Attribute: lambda node: [node.attr],
            ast.Import: lambda node: [alias.name for alias in node.names],
            ast.ImportFrom: lambda node: [node.module, *(alias.name for alias in node.names)],
        }.get(type(node), lambda node: [])(node)
        yield from OWN_TEXT.intersection(names)


def test_no_source_reads_its_own_words_or_lines() -> None:
    readers = {path.name: list(readers_of_own_text(path.read_text("utf-8"))) for path in files()}
    assert {name: names for name, names in readers.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        "print(__doc__)",
        "help = Scenario.__doc__",
        "import linecache",
        "from inspect import getsource",
        "inspect.getsourcelines(build)",
        "build.__code__.co_firstlineno",
        "frame.f_lineno",
    ],
)
def test_a_planted_reader_of_its_own_words_is_found(source: str) -> None:
    assert list(readers_of_own_text(source))


@pytest.fixture
def zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of experiments with one scenario, and no digest from before."""

    def forget() -> None:
        for digest in (sources.worker_source, sources.timer_source, sources.scenario_source):
            digest.cache_clear()

    texts = {
        "scenarios/__init__.py": "",
        "scenarios/first.py": "from experiments.scenarios import BaseScenario, _shared\n",
        "scenarios/_shared.py": "from experiments.scenarios._inner import WIDTH\n",
        "scenarios/_inner.py": "WIDTH = 1\n",
        "worker/cell.py": "STAGE = 1\n",
        "worker/limits/watch.py": "POLL_S = 1\n",
        "timer/turn.py": "SAVES = 1\n",
        "families/__init__.py": "",
        "families/nested.py": "DEPTH = 1\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(sources, "ZONE", tmp_path)
    forget()
    yield tmp_path
    forget()


READ = {
    "scenarios/_inner.py": {"scenario"},
    "scenarios/__init__.py": {"worker", "timer"},
    "worker/cell.py": {"worker", "timer"},
    "worker/limits/watch.py": {"worker", "timer"},
    "timer/turn.py": {"timer"},
    "families/nested.py": {"timer"},
    "scenarios/_stranger.py": set[str](),
}
"""The digests that each file is part of."""


def digests() -> dict[str, str]:
    for digest in (sources.worker_source, sources.timer_source, sources.scenario_source):
        digest.cache_clear()
    return {
        "worker": sources.worker_source(),
        "timer": sources.timer_source("nested"),
        "scenario": sources.scenario_source("first"),
    }


@pytest.mark.parametrize("name", READ)
def test_each_digest_follows_the_code_of_its_files(zone: Path, name: str) -> None:
    before = digests()
    path = zone / name
    text = path.read_text() if path.exists() else ""
    path.write_text(f'"""Other words."""\n{text}')
    assert digests() == before
    path.write_text(f"{text}OTHER = 2\n")
    after = digests()
    assert {key for key in before if before[key] != after[key]} == READ[name]


def test_a_renamed_module_changes_the_digest(zone: Path) -> None:
    before = digests()["worker"]
    (zone / "worker" / "cell.py").rename(zone / "worker" / "cells.py")
    assert digests()["worker"] != before
