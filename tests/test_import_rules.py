"""Does every part of the house import only what it may?

Code inside the TensorFlow environments uses Python 3.7, its standard library, NumPy and h5py. One
module imports TensorFlow and knows versions. Both wings import `results`, which imports neither
wing, and no wing imports the other.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

import pytest
import vermin

from experiments.config.schema import ROOT

OLDEST = (3, 7)
"""The Python of the oldest environments."""
STANDARD = sys.stdlib_module_names | {"__future__"}
WORKER, TIMER = "experiments/worker/", "experiments/timer/"
MODELS = ("experiments/scenarios/", "experiments/families/")
"""The code that builds models with the Keras of an argument."""
INSIDE = (WORKER, TIMER, *MODELS)
RELEASE = "experiments/worker/release.py"
COMPOSING = "experiments/config/hydra.py"
VERSIONS = {"__version__", "VERSION", "version", "version_info"}


def violations(name: str, source: str) -> Iterator[str]:
    """Yield the broken rules of a module; `name` is its path from the top."""
    inside, tree = name.startswith(INSIDE), ast.parse(source, name)
    if inside:
        _, needed = vermin.detect(source, path=name)
        if needed is not None and needed > OLDEST:
            hint = f"Run `vermin --target=3.7- --violations {name}` to see the lines."
            yield f"{name}: syntax or library of Python {needed[0]}.{needed[1]}. {hint}"
    for line, module in imports(tree):
        fault = forbidden(name, module)
        if fault:
            yield f"{name}:{line}: {module} is {fault}"
    if inside and name != RELEASE:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in VERSIONS:
                yield f"{name}:{node.lineno}: .{node.attr} is read outside of {RELEASE}"


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute here"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def forbidden(name: str, module: str) -> str:
    top = module.partition(".")[0]
    package = "/".join(module.split(".")[:2]) + "/"
    if name.startswith(INSIDE):
        if name == RELEASE and top in ("tensorflow", "google"):
            return ""
        if top == "experiments":
            if name.startswith(MODELS):
                return "" if name.startswith(package) else "not for scenarios and families"
            if name.startswith(WORKER) and package not in (WORKER, MODELS[0]):
                return "not for the worker"
            return "" if package in INSIDE else "not inside the environments"
        return "" if top in STANDARD | {"numpy", "h5py"} else "not inside the environments"
    if name.startswith("report/"):
        return "not for the report" if top in ("experiments", "tests") else ""
    if name.startswith("results/"):
        ours = ("experiments", "report", "tests", "tensorflow", "keras", "h5py", "hydra")
        return "not for the results" if top in ours else ""
    if name in ("experiments/commands.py", "experiments/tools.py"):
        return "" if top in STANDARD | {"uv"} else "not for what nox imports"
    if name.startswith("experiments/"):
        if package in (WORKER, TIMER) or top in ("tensorflow", "keras", "h5py", "report", "tests"):
            return "not for the driver"
        if top in ("hydra", "omegaconf") and name != COMPOSING:
            return "for the composition alone"
    if name == "noxfile.py":
        allowed = ("experiments.commands", "experiments.tools")
        return "" if top in STANDARD | {"nox"} or module in allowed else "not for the menu"
    return ""


def modules() -> list[str]:
    folders = ("experiments/**/*.py", "results/*.py", "report/**/*.py")
    paths = [path for glob in folders for path in ROOT.glob(glob)] + [ROOT / "noxfile.py"]
    return sorted(path.relative_to(ROOT).as_posix() for path in paths)


@pytest.mark.parametrize("name", modules())
def test_a_module_keeps_the_rules(name: str) -> None:
    assert list(violations(name, (ROOT / name).read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("experiments/worker/cell.py", "import tensorflow as tf"),
        ("experiments/worker/cell.py", "def f():\n    from tensorflow import keras"),
        ("experiments/worker/cell.py", "import pandas"),
        ("experiments/worker/cell.py", "import tomllib"),
        ("experiments/worker/cell.py", "from experiments import store"),
        ("experiments/worker/cell.py", "from experiments.run.store import Run"),
        ("experiments/worker/cell.py", "if (n := 3): pass"),
        ("experiments/worker/cell.py", "def f(a, /): pass"),
        ("experiments/worker/cell.py", "match a:\n    case 1: pass"),
        ("experiments/worker/cell.py", "import math\nmath.prod([2])"),
        ("experiments/worker/cell.py", "from functools import cache"),
        ("experiments/worker/cell.py", "'tf-2.1'.removeprefix('tf-')"),
        ("experiments/worker/cell.py", "if tf.__version__ < '2.4': pass"),
        ("experiments/scenarios/layer_size.py", "import tensorflow"),
        ("experiments/scenarios/layer_size.py", "if tf.version.VERSION < '2.4': pass"),
        ("experiments/scenarios/layer_size.py", "from experiments.worker import release"),
        ("experiments/scenarios/layer_size.py", "from experiments.config.schema import ROOT"),
        ("experiments/config/matrix.py", "from experiments.worker import cell"),
        ("experiments/config/matrix.py", "import hydra"),
        ("experiments/config/matrix.py", "from omegaconf import MISSING"),
        ("experiments/config/matrix.py", "import tensorflow"),
        ("experiments/config/matrix.py", "import report"),
        ("experiments/config/matrix.py", "from report.findings import grids"),
        ("experiments/records/rows.py", "from report.read.cells import read"),
        ("results/contract.py", "from experiments.config.schema import ROOT"),
        ("results/contract.py", "from report.read import cells"),
        ("report/read/cells.py", "from experiments.records.rows import Row"),
        ("noxfile.py", "from experiments import stages"),
        ("noxfile.py", "import rich"),
        ("experiments/commands.py", "from experiments.stages import matrix"),
        ("experiments/tools.py", "from rich.console import Console"),
    ],
)
def test_a_planted_violation_is_found(name: str, source: str) -> None:
    assert list(violations(name, source))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("noxfile.py", "import nox\nfrom experiments import commands, tools"),
        ("experiments/tools.py", "import hashlib\nfrom uv import find_uv_bin"),
        (RELEASE, "import tensorflow\nimport h5py\nprint(tensorflow.version.VERSION)"),
        ("experiments/worker/cell.py", "from experiments.scenarios import find\nimport numpy"),
        ("experiments/scenarios/layer_size.py", "from experiments.scenarios import uniform"),
        ("experiments/config/hydra.py", "from hydra import compose"),
        ("experiments/records/rows.py", "from results.error_index import ErrorIndex"),
        ("experiments/records/publish.py", "from results import history, descriptions"),
        ("report/read/cells.py", "from results.releases import Releases\nimport pandas"),
    ],
)
def test_an_allowed_import_is_no_violation(name: str, source: str) -> None:
    assert list(violations(name, source)) == []
