"""Declares every command: its name, its help, its options and the function that carries it out.

The command line (`experiments/__main__.py`) and the nox sessions (`noxfile.py`) are made from this
table. nox imports it with a Python of its own, so this module needs the standard library alone. A
string names the function of a command; it is imported when the command runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ENVIRONMENT = "environment"


@dataclass(frozen=True)
class Option:
    """An option of a call. Its value is a keyword argument of the function: `dry_run`.

    Without a `metavar` it is a flag, False where it is absent; with one it takes a text, "" where
    it is absent.
    """

    name: str
    help: str
    metavar: str = ""

    @property
    def keyword(self) -> str:
        """The name of the function's argument."""
        return self.name.lstrip("-").replace("-", "_")


DRY_RUN = Option("--dry-run", "print the plan and run nothing")
ONE_ENVIRONMENT = Option(f"--{ENVIRONMENT}", "work in this environment alone", "NAME")
PDB = Option("--pdb", "stop in the debugger where Keras raises")


@dataclass(frozen=True)
class Call:
    """One program of a command.

    `target` is `module:function`, called with the words, the console and the options, or a module
    that is a program by itself and reads its own options. `words` describes the words that the call
    takes; a call without it takes none.
    """

    target: str
    words: str = ""
    options: tuple[Option, ...] = ()
    help: str = ""

    @property
    def is_program(self) -> bool:
        """Whether the target is a module that is run in a process of its own."""
        return ":" not in self.target


@dataclass(frozen=True)
class Command:
    """A command with one call, or with several of which the first word names one.

    Where the first word names no call, the first call of `which` is meant. A command `in_each`
    environment is offered by nox for each of them: `save(tf-2.15)`.
    """

    name: str
    help: str
    call: Call | None = None
    which: Mapping[str, Call] = field(default_factory=dict)
    in_each: bool = False

    @property
    def calls(self) -> Mapping[str, Call]:
        """All calls of the command by the word that names them."""
        return self.which or {"": self.call} if self.call else self.which

    def chosen(self, words: Sequence[str]) -> tuple[Call, list[str]]:
        """Return the call that the first word names, and the words that are left for it.

        Raises `KeyError` with a first word that is a plain name and names no call.
        """
        first = words[0] if words else ""
        if first in self.calls:
            return self.calls[first], list(words[1:])
        if self.which and first.isidentifier():
            raise KeyError(first)
        return next(iter(self.calls.values())), list(words)


SELECTION = "KEY=VALUE or the id of a cell"
SETTING = "KEY=VALUE"
PROGRAM = "words of the program"

COMMANDS: Mapping[str, Command] = {
    command.name: command
    for command in (
        Command(
            "matrix",
            "Save and load every selected cell, record what happened and build the report.",
            Call("experiments.stages:matrix", SELECTION, (DRY_RUN, ONE_ENVIRONMENT)),
        ),
        Command(
            "cell",
            "Run one cell in the foreground, with its output on the terminal.",
            Call("experiments.stages:cell", SELECTION, (DRY_RUN, PDB)),
        ),
        Command(
            "save",
            "Save the models of one environment.",
            Call("experiments.stages:save", SELECTION, (DRY_RUN, ONE_ENVIRONMENT)),
            in_each=True,
        ),
        Command(
            "load",
            "Load the saved models in one environment.",
            Call("experiments.stages:load", SELECTION, (DRY_RUN, ONE_ENVIRONMENT)),
            in_each=True,
        ),
        Command(
            "record",
            "Record the finished cells and build the report; put parts of a run together first.",
            Call("experiments.stages:record", f"{SELECTION}, or the folder of a part"),
        ),
        Command(
            "timings",
            "Time loads and saves in every environment, in turns; record and report the times.",
            Call("experiments.timings.command:run", SETTING, (DRY_RUN,)),
        ),
        Command(
            "corruption",
            "Damage saved files in many ways, load them and record what happened.",
            Call("experiments.corruption.command:run", SETTING, (DRY_RUN,)),
        ),
        Command(
            "publish",
            "Put finished records into results/published and rebuild the report.",
            which={
                "cells": Call(
                    *("experiments.records.publish:publish_cells", SETTING),
                    help="the cells of the full plan",
                ),
                "timings": Call(
                    *("experiments.timings.command:publish", SETTING),
                    help="the times, or a trial of them",
                ),
                "corruption": Call(
                    *("experiments.corruption.command:publish", SETTING),
                    help="the counts of damaged files",
                ),
                "judged": Call(
                    *("experiments.records.judge:publish_judged", SETTING),
                    help="the published cells, judged anew by the error index, without a run",
                ),
                "judged_timings": Call(
                    "experiments.timings.rejudging:publish_judged",
                    help="the published times, judged anew from their samples, without a run",
                ),
            },
        ),
        Command(
            "verify",
            "Repeat published cells by their standalone scripts and compare the rows.",
            Call("experiments.records.verify:run", "ID, glob over ids, sample=N or seed=N"),
        ),
        Command(
            "explain",
            "Explain an error: what to check first, ways out, and causes.",
            Call("report.answers.explain", PROGRAM),
        ),
        Command(
            "build",
            "Build a product of the published results.",
            which={
                "report": Call("report", PROGRAM, help="the pages and figures, into report/pages"),
                "site": Call("report.site", PROGRAM, help="the site, into build/site"),
                "paper": Call(
                    *("report.products.paper", PROGRAM),
                    help="LaTeX tables and PDF figures, into build/paper",
                ),
                "archive": Call(
                    "experiments.records.archive:run",
                    help="code, data, report, site and paper in one file, to be deposited",
                ),
                "sbom": Call(
                    "experiments.tools:bills",
                    help="a bill of materials of every environment, into build/sbom",
                ),
            },
        ),
        Command(
            "bench",
            "Measure the suite itself.",
            which={
                "harness": Call(
                    *("experiments.bench:run", SELECTION), help="the harness beside TensorFlow"
                ),
                "site": Call(
                    *("report.site.bench", PROGRAM), help="the site's first view and its filter"
                ),
                "chaos": Call(
                    *("experiments.chaos.command:run", "kills=N, disks=N, strains=N or seed=N"),
                    help="a small run that is disturbed again and again",
                ),
            },
        ),
        Command(
            "doctor",
            "List interpreters and environments, and how to get the missing ones.",
            Call("experiments.environments.doctor:run"),
        ),
        Command(
            "lock",
            "Resolve the locks of the named environments, or of all and of the suite's own tools.",
            Call("experiments.environments.resolution:run", "names of environments or tools"),
        ),
        Command(
            "tests",
            "Run the tests.",
            which={
                "all": Call(
                    *("experiments.tools:all_tests", "words of pytest"),
                    help="those in real TensorFlow environments too",
                ),
                "fast": Call(
                    *("experiments.tools:fast_tests", "words of pytest"),
                    help="those that need no TensorFlow and do not read all published rows",
                ),
            },
        ),
        Command(
            "lint",
            "Check the sources and the published descriptions.",
            which={
                "all": Call("experiments.tools:lint", help="style, types and validators"),
                "style": Call("experiments.tools:style", help="style and types"),
                "validate": Call(
                    "experiments.tools:validate",
                    help="data package, JSON-LD and citation, by the validators of others",
                ),
                "audit": Call(
                    "experiments.tools:audit",
                    help="the suite's own tools, in a database of known vulnerabilities",
                ),
            },
        ),
    )
}

DEFAULT = ("lint", "tests")
"""The commands that `nox` alone runs."""
