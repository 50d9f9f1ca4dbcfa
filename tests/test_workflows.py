"""Are the workflows of the code host well formed and pinned, and safe from typed input?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from experiments.commands import COMMANDS
from experiments.config.schema import ROOT

FILES = sorted([*ROOT.glob(".github/workflows/*.yml"), *ROOT.glob(".github/actions/*/action.yml")])
PINNED = re.compile(r"^[\w-]+/[\w/-]+@[0-9a-f]{40}$")


def steps(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "runs" in content:
        yield from content["runs"]["steps"]
    for job in content.get("jobs", {}).values():
        yield from job["steps"]


def unknown_commands(text: str) -> Iterator[str]:
    """Yield the nox sessions of a text that the table of commands lacks."""
    for name, word in re.findall(r"nox -s \"?(\w+)(?:[^\S\n]+--[^\S\n]+(\w+))?", text):
        if name not in COMMANDS:
            yield f"no session {name}"
        elif COMMANDS[name].which and word and word not in COMMANDS[name].which:
            yield f"{name} knows no {word}"


def faults(text: str) -> Iterator[str]:
    """Yield the faults of a workflow or an action."""
    content = yaml.safe_load(text)
    for step in steps(content):
        used = step.get("uses", "")
        if used and not used.startswith("./") and not PINNED.match(used):
            yield f"{used} is not pinned by its commit"
        if used.startswith("./") and not (ROOT / used / "action.yml").exists():
            yield f"{used} does not exist"
        if "${{" in step.get("run", ""):
            yield "typed input becomes a part of a script"
        yield from unknown_commands(step.get("run", ""))
    for name, job in content.get("jobs", {}).items():
        if "timeout-minutes" not in job:
            yield f"{name} has no limit"
    if "jobs" in content and "permissions" not in content:
        yield "permissions are not limited"
    for line in re.findall(r"uses: [^.\s].*", text):
        if not re.search(r"# v\d+\.\d+\.\d+$", line):
            yield f"{line} does not name its version"


def test_the_workflows_are_those_of_the_project() -> None:
    assert {path.stem for path in FILES} == {"tests", "matrix", "weekly", "site", "action"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_workflow_has_no_fault(path: Path) -> None:
    assert list(faults(path.read_text("utf-8"))) == []


GOOD = """
permissions: {}
jobs:
  a:
    timeout-minutes: 1
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - run: nox -s build -- site
"""


def test_a_good_workflow_has_no_fault() -> None:
    assert list(faults(GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7"),
        (" # v7.0.1", ""),
        ("nox -s build -- site", "nox -s site"),
        ("nox -s build -- site", "nox -s build -- sight"),
        ("nox -s build -- site", "echo ${{ inputs.name }}"),
        ("    timeout-minutes: 1\n", ""),
        ("permissions: {}\n", ""),
        ("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "./nowhere"),
    ],
)
def test_a_planted_fault_is_found(old: str, new: str) -> None:
    assert list(faults(GOOD.replace(old, new)))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", ".pre-commit-config.yaml"])
def test_a_page_names_commands_that_exist(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "nox -s" in text
    assert list(unknown_commands(text)) == []
