"""Resolve, check and read locks, which pin every package of an environment by its hash.

A lock is a requirements file with a version and hashes for every package and no address of an index
or a file, so that it holds behind any mirror. uv resolves it under the environment's cut-off date.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from experiments.config.faults import Fault
from experiments.config.schema import ROOT, Environment
from experiments.environments import interpreters
from experiments.environments.interpreters import Interpreter
from experiments.environments.uv import UvError, uv
from experiments.tools import SUITE
from results import storage

FOLDER = ROOT / "configs" / "locks"
SUITE_PYTHON = "3.11"
PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[^\]]+\])?==[A-Za-z0-9.!+_-]+( *;.*)?")
ADDRESS = re.compile(r"://|\s@\s|^-|^\.*/|^file:")
HASH = re.compile(r"sha256:[0-9a-f]{64}")


def path(name: str) -> Path:
    """Return the path of an environment's lock."""
    return FOLDER / f"{name}.txt"


def write(name: str, environment: Environment | None) -> str:
    """Resolve and write a lock, of an environment or of the suite's own tools; say what changed.

    Raises `UvError` if there is no interpreter or no solution.
    """
    before = path(name).read_bytes() if path(name).exists() else b""
    text = _tools(name) if environment is None else resolve(name, environment)
    storage.write_text(path(name), text)
    return "unchanged" if text.encode() == before else "written"


def resolve(name: str, environment: Environment) -> str:
    """Return the lock of an environment; packages already locked keep their versions.

    Raises `UvError` if there is no interpreter or no solution.
    """
    interpreter = interpreters.find(environment.python)
    if not isinstance(interpreter, Interpreter):
        raise UvError(f"no Python {environment.python}. {interpreter.next_step}")
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.in"
        requirements.write_text("\n".join(environment.requirements) + "\n", "utf-8")
        arguments = [str(requirements), "--python", str(interpreter.path)]
        return _compile(name, [*arguments, "--exclude-newer", environment.cutoff])


def _tools(name: str) -> str:
    """Return the lock of some tools, for every platform and Python that the suite supports."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "pyproject.toml"
        wanted.write_bytes((ROOT / "pyproject.toml").read_bytes())
        groups = {SUITE: [str(wanted), "--group", f"{wanted}:dev"]}
        group = groups.get(name, ["--group", f"{wanted}:{name}"])
        return _compile(name, [*group, "--universal", "--python-version", SUITE_PYTHON])


def _compile(name: str, arguments: list[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "lock.txt"
        if path(name).exists():
            output.write_bytes(path(name).read_bytes())
        shape = ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"]
        uv("pip", "compile", *arguments, *shape, "--output-file", str(output))
        return output.read_text("utf-8")


def check(lock: Path, environment: Environment | None = None) -> list[Fault]:
    """Return the faults of a lock: unfit to install from, or not of this environment."""
    fix = f"Run `nox -s lock -- {lock.stem}`."
    location = f"configs/locks/{lock.name}"
    if not lock.exists():
        return [Fault(location, "there is no lock", fix)]
    try:
        text = lock.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return [Fault(location, "the lock is not a text that can be read", fix)]
    requirements = environment.requirements if environment else []
    problems = [*_unfit(text), *_stale(text, requirements)]
    return [Fault(location, problem, fix) for problem in problems]


def pins(name: str) -> list[str]:
    """Return the packages of an environment's lock with their versions, sorted."""
    lines = path(name).read_text("utf-8").splitlines()
    return sorted(line.split()[0] for line in lines if PINNED.match(line))


def faults(environment: Mapping[str, Environment], names: Iterable[str]) -> list[Fault]:
    """Return the faults of the locks of the named environments."""
    return [fault for name in sorted(names) for fault in check(path(name), environment[name])]


def _stale(text: str, requirements: Iterable[str]) -> Iterator[str]:
    """Say which pins of an environment file are not those of its lock."""
    locked = {_plain(line.split()[0]) for line in text.splitlines() if "==" in line}
    for requirement in requirements:
        if PINNED.fullmatch(requirement) and _plain(requirement.split(";")[0]) not in locked:
            yield f"the lock is not of its environment's {requirement!r}"


def _plain(pin: str) -> str:
    """Return a pin as locks spell it: no extras, the name in lower case with hyphens."""
    name, _, version = re.sub(r"\[.*?\]", "", pin.strip()).partition("==")
    return re.sub(r"[-_.]+", "-", name).lower() + "==" + version


def _unfit(text: str) -> Iterator[str]:
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    entries = [line for line in lines if line and not line.startswith("#")]
    if not entries:
        yield "the lock is empty"
    for entry in entries:
        requirement, *hashes = (part.strip() for part in entry.split(" --hash="))
        if ADDRESS.search(entry):
            yield f"{requirement!r} is an address or an option, or has one; a lock has neither"
        elif not PINNED.fullmatch(requirement):
            yield f"{requirement!r} is not pinned with =="
        elif not hashes:
            yield f"{requirement!r} has no hash"
        elif not all(HASH.fullmatch(digest) for digest in hashes):
            yield f"{requirement!r} has a hash that is cut off or is not one of sha256"
