"""Do the command line and the nox sessions offer exactly the commands of the table?"""

from __future__ import annotations

import inspect
import pkgutil
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from support import Tree

from experiments import __main__ as command_line
from experiments import tools
from experiments.commands import COMMANDS, DEFAULT, Call
from experiments.config.schema import ROOT

CALLS = {
    f"{command.name} {word}".strip(): call
    for command in COMMANDS.values()
    for word, call in command.calls.items()
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_call_names_a_function_that_takes_its_options_or_a_program(call: Call) -> None:
    if call.is_program:
        assert find_spec(call.target) is not None
        return
    words, console, *options = inspect.signature(
        pkgutil.resolve_name(call.target), eval_str=True
    ).parameters.values()
    assert (words.name, console.name) == ("words", "console")
    assert [option.name for option in options] == [option.keyword for option in call.options]
    kinds = {option.keyword: str if option.metavar else bool for option in call.options}
    assert {option.name: option.annotation for option in options} == kinds


def test_nox_offers_every_command_and_no_other() -> None:
    nox = [sys.executable, "-m", "nox", "--list", "--nocolor"]
    listing = subprocess.check_output(nox, cwd=ROOT, text=True)
    listed = dict(re.findall(r"^[*-] (\S+) -> (.*)$", listing, re.MULTILINE))
    releases = sorted(path.stem for path in (ROOT / "configs/environment").glob("*.yaml"))
    expected = {
        f"{name}({release})" if release else name: command.help
        for name, command in COMMANDS.items()
        for release in (releases if command.in_each else [""])
    }
    assert listed == expected


def test_nox_alone_lints_validates_and_tests() -> None:
    assert DEFAULT == ("lint", "tests")
    assert [COMMANDS[name].chosen([])[0].target for name in DEFAULT] == [
        "experiments.tools:lint",
        "experiments.tools:all_tests",
    ]


def test_lint_checks_style_types_and_published_descriptions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    programs: list[tuple[str, str]] = []
    statuses = {"mypy": 1}

    def run(words: list[str]) -> int:
        tool, program = words[0].split("/")[-3], words[0].split("/")[-1]
        programs.append((tool, program))
        return statuses.get(program, 0)

    monkeypatch.setattr(tools, "python", lambda name: ROOT / ".nox" / name / "bin" / "python")
    monkeypatch.setattr(tools, "run", run)
    assert command_line.main(["lint"]) == 1
    assert programs == [
        *(("suite", "ruff"), ("suite", "ruff"), ("suite", "mypy")),
        *(("validators", name) for name in ("frictionless", "mlcroissant", "cffconvert")),
    ]
    statuses.clear()
    assert command_line.main(["lint"]) == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_the_command_and_everything_that_it_can_do(tree: Tree, command: str) -> None:
    if COMMANDS[command].calls.get("", Call(":")).is_program:
        pytest.skip("the program has a help of its own")
    answer = tree.command(command, "--help")
    assert answer.status == 0
    assert answer.out.startswith(f"usage: nox -s {command} --")
    for word, call in COMMANDS[command].which.items():
        assert f"  {word}" in answer.out
        assert call.help in answer.out


def test_the_words_after_the_first_are_left_for_the_call() -> None:
    publish = COMMANDS["publish"]
    assert publish.chosen(["timings", "name=again"]) == (publish.which["timings"], ["name=again"])
    assert publish.chosen(["name=again"]) == (publish.which["cells"], ["name=again"])
    with pytest.raises(KeyError):
        publish.chosen(["timing"])


def test_a_program_gets_its_words_and_its_status_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    def run(words: list[str]) -> int:
        started.append(words)
        return 2

    monkeypatch.setattr(tools, "run", run)
    assert command_line.main(["build", "site", "--out", "x"]) == 2
    assert started == [[sys.executable, "-m", "report.site", "--out", "x"]]


def test_the_environment_of_tools_is_built_only_when_its_lock_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path
    lock = root / "suite.txt"
    lock.write_text("one")
    calls: list[list[str]] = []

    def install(words: list[str], **_: object) -> None:
        calls.append(words)
        python = root / ".nox" / "suite" / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    monkeypatch.setattr(tools, "ROOT", root)
    monkeypatch.setattr(tools, "LOCKS", root)
    monkeypatch.setattr(subprocess, "run", install)
    for _ in range(2):
        assert tools.python("suite") == root / ".nox/suite/bin/python"
    assert len(calls) == 2
    assert "--require-hashes" in calls[1]
    lock.write_text("two")
    tools.python("suite")
    assert len(calls) == 4
