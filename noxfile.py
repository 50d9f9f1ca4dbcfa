"""Offers every command of `experiments/commands.py` as a nox session.

`pip install "nox[uv]"` is the only preparation. The suite's tools live in one environment that is
built from their lock; the suite itself builds one environment for each TensorFlow release.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent))
from experiments import commands, tools

nox.options.default_venv_backend = "none"
nox.options.sessions = list(commands.DEFAULT)

CONFIG_FAULT, INTERRUPTED = 2, 130


def release_order(name: str) -> list[int]:
    """Sort tf-2.9 before tf-2.10."""
    return [int(number) for number in re.findall(r"\d+", name)]


ENVIRONMENTS = sorted(
    (path.stem for path in Path("configs/environment").glob("*.yaml")), key=release_order
)


def declare(command: commands.Command) -> None:
    """Make a session of a command; the user's words follow after `--`."""

    def session(session: nox.Session, environment: str = "") -> None:
        words = [f"--{commands.ENVIRONMENT}", environment] if environment else []
        run(session, [command.name, *words, *session.posargs])

    session.__doc__ = command.help
    if command.in_each:
        session = nox.parametrize(commands.ENVIRONMENT, ENVIRONMENTS, ids=ENVIRONMENTS)(session)
    nox.session(name=command.name)(session)


def run(session: nox.Session, words: list[str]) -> None:
    """Carry a command out and pass its exit status on, which nox alone would make 0 or 1."""
    status = tools.run([str(tools.python(tools.SUITE)), "-m", "experiments", *words])
    if status == CONFIG_FAULT:
        sys.exit(CONFIG_FAULT)
    if status == INTERRUPTED:
        raise KeyboardInterrupt
    if status:
        session.error(f"{words[0]} ended with status {status}")


for command in commands.COMMANDS.values():
    declare(command)
