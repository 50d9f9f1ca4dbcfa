"""Does every wrong word, file and folder get a message with location, problem and fix?

Each command ends with exit status 2 before it runs a cell, and changes no recorded file.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from support import ENVIRONMENTS, LOCK, Tree, contents

from experiments.config import compose
from experiments.config.faults import ConfigFaultsError

Change = Callable[[Tree], object]
SEED = "configs/scenario/seed_example_1.yaml"
OLD = "configs/environment/tf-2.4.yaml"
LOCKED = "configs/locks/tf-2.4.txt"


@dataclass(frozen=True)
class Bad:
    """A planted fault, and the location, problem and fix that its message must name."""

    location: str
    problem: str
    fix: str
    command: tuple[str, ...] = ("matrix",)
    change: Change = lambda tree: None


def words(*command: str, location: str = "", problem: str, fix: str) -> Bad:
    return Bad(location or command[-1], problem, fix, command)


def file(name: str, old: str, new: str, problem: str, fix: str) -> Bad:
    return Bad(name, problem, fix, change=lambda tree: tree.edit(name, old, new))


def rewritten(name: str, text: str | bytes, problem: str, fix: str) -> Bad:
    return Bad(name, problem, fix, change=lambda tree: tree.write(name, text))


def entry(lines: str, problem: str, fix: str) -> Bad:
    """Plant a fault into an entry of the error index."""
    text = f"pattern: some words\nsays: What it says.\ncheck: What to look at.\n{lines}\n"
    if lines.startswith("pattern"):
        text = text.partition("\n")[2]
    return rewritten("configs/error/some_words.yaml", text, problem, fix)


def remedy(glob: str, problem: str, fix: str) -> Bad:
    return entry(f"remedies: [{{do: Try this., cells: ['{glob}']}}]", problem, fix)


def claim(lines: str, problem: str, fix: str) -> Bad:
    text = f"source: a guide\nclaim: It always loads.\n{lines}\n"
    return rewritten("configs/claim/always.yaml", text, problem, fix)


def report(lines: str, problem: str, fix: str) -> Bad:
    cause = "" if lines.startswith("cause") else "causes: [none]\n    "
    text = f"reports:\n  a/b#1:\n    url: https://example.org/1\n    {cause}{lines}\n"
    return rewritten("configs/report/some.yaml", text, problem, fix)


BAD: dict[str, Bad] = {
    # the command line
    "unknown scenario": words(
        "matrix",
        "scenario=[round_tripp]",
        problem="no scenario matches",
        fix="Did you mean round_trip?",
    ),
    "unknown environment": words(
        "matrix",
        "environment=[tf-2.55]",
        problem="no environment matches 'tf-2.55'",
        fix="tf-2.15?",
    ),
    "unknown saver": words(
        "matrix",
        "saved_with=[tf-1.*]",
        problem="no saved_with matches 'tf-1.*'",
        fix="Did you mean tf-",
    ),
    "unknown case": words("matrix", "case=[mpl]", problem="no case matches 'mpl'", fix="mean mlp?"),
    "unknown format": words(
        "matrix", "format=[h5py]", problem="no format matches 'h5py'", fix="Did you mean h5?"
    ),
    "unknown api": words(
        "matrix", "api=[lod_model]", problem="no api matches", fix="Did you mean load_model?"
    ),
    "a selection that selects nothing": words(
        *("matrix", "scenario=[seed_example_1]", "api=[load_model]"),
        location="scenario=[seed_example_1] api=[load_model]",
        problem="no cell has all of this",
        fix="Leave one out",
    ),
    "an empty selection": words(
        "matrix", "scenario=[]", problem="takes a list of globs", fix="Write scenario=[…]."
    ),
    "unknown key": words(
        "matrix", "enviroment=[tf-2.4]", problem="unknown key", fix="Did you mean environment?"
    ),
    "unknown key of a limit": words(
        "matrix", "limits.load.idle=3", problem="idle", fix="Did you mean limits.load.idle_s?"
    ),
    "unknown option": words(
        "matrix", "--dryrun", problem="unknown option", fix="The options are --dry-run"
    ),
    "a bare word": words(
        "matrix", "plan", problem="neither an option nor an override", fix="Write KEY=VALUE."
    ),
    "an unclosed bracket": words(
        "matrix", "scenario=[round_trip", problem="cannot be parsed", fix="Quote the value."
    ),
    "no such plan": words(
        "matrix", "plan=fulll", problem="no plan 'fulll'", fix="Did you mean full?"
    ),
    "a plan of another type": words(
        "matrix", "plan=[full]", problem="no plan", fix="Did you mean full?"
    ),
    "a word for a number": words(
        "matrix",
        "limits.load.idle_s=fast",
        problem="limits.load.idle_s: 'fast' should be",
        fix="Give limits.load.idle_s the type",
    ),
    "a fraction of a mebibyte": words(
        "matrix",
        "limits.save.memory_mib=0.5",
        problem="memory_mib: 0.5 should be",
        fix="Give limits.save.memory_mib the type",
    ),
    "a negative limit": words(
        *("matrix", "limits.load.idle_s=-1"),
        location="the command line",
        problem="limits.load.idle_s is -1",
        fix="Give a number above 0.",
    ),
    "no memory": words(
        *("matrix", "limits.save.memory_mib=0"),
        location="the command line",
        problem="limits.save.memory_mib is 0",
        fix="Give a number above 0.",
    ),
    "a limit that is no number": words(
        "matrix",
        "limits.load.first_imports=nan",
        problem="nan should be",
        fix="first_imports the type",
    ),
    "a truth value for a number": words(
        "matrix", "jobs=true", problem="jobs: True should be a valid integer", fix="jobs the type"
    ),
    "negative jobs": words(
        "matrix", "jobs=-2", location="the command line", problem="jobs is negative", fix="Give 0"
    ),
    "a run's name that is a path": words(
        *("matrix", "name=../elsewhere"),
        location="the command line",
        problem="'../elsewhere' cannot name a folder",
        fix="Use a-z",
    ),
    "--environment unknown": words(
        *("save", "--environment", "tf-2.155"),
        location="--environment tf-2.155",
        problem="no such environment",
        fix="Did you mean tf-2.15?",
    ),
    "the lock of an unknown environment": words(
        "lock", "tf-2.155", problem="no such environment", fix="Did you mean tf-2.15?"
    ),
    "words for the doctor": words(
        "doctor", "now", problem="doctor takes no arguments", fix="Leave it out."
    ),
    "unknown command": words("matrices", problem="invalid choice", fix="choose from"),
    # environments
    "python 3.10 without quotes": file(
        OLD, '"3.8"', "3.10", "python 3.1 is too old", '"3.10" in quotes'
    ),
    "a full version of python": file(OLD, "3.8", "3.8.18", "python is '3.8.18'", 'Write "3.N"'),
    "python 2": file(OLD, "3.8", "2.7", "python is '2.7'", 'Write "3.N"'),
    "a date that does not exist": file(
        OLD, "2021-11-15", "2021-11-31", "'2021-11-31' is no date", 'Write "YYYY-MM-DD".'
    ),
    "no requirement": file(
        OLD,
        "[tensorflow-cpu==2.4.4]",
        "[]",
        "requirements is empty",
        "Name at least tensorflow-cpu",
    ),
    "requirements that are no list": file(
        OLD,
        "[tensorflow-cpu==2.4.4]",
        "tensorflow-cpu==2.4.4",
        "requirements: 'tensorflow-cpu==2.4.4' should be a valid list",
        "the type it has",
    ),
    "a requirement without a version": file(
        OLD, "==2.4.4", ">=2.4", "'tensorflow-cpu>=2.4' names no version", "Pin it with ==."
    ),
    "a key left out": file(OLD, "cutoff:", "# ", "cutoff is missing", "Add a line cutoff: …"),
    "a key misspelt": file(
        OLD, "cutoff:", "cut_off:", "unknown key 'cut_off'", "Did you mean cutoff?"
    ),
    "YAML that does not parse": file(OLD, "]", "", "cannot be read", "Mend the YAML."),
    "a key that is there twice": file(
        *(OLD, "cutoff:", 'python: "3.9"\ncutoff:'),
        "cannot be read: line 3: found duplicate key 'python'",
        "Mend the YAML.",
    ),
    "a key that YAML reads as a number": file(
        *(OLD, "cutoff:", "variables: {1.10: x}\ncutoff:"),
        "the key 1.1 is not a string",
        "Put it in quotes.",
    ),
    "a variable that YAML reads as a truth value": file(
        *(OLD, "cutoff:", "variables: {LEGACY: yes}\ncutoff:"),
        "variables.LEGACY: True should be a valid string",
        "Give variables.LEGACY the type it has in Environment.",
    ),
    "a file that is not UTF-8": rewritten(
        OLD, b"python: \xff\xfe", "cannot be read", "Mend the YAML."
    ),
    "an empty file": rewritten(OLD, "", "python is missing", "Add a line python: …"),
    "a list for a mapping": rewritten(OLD, "- python\n", "cannot be read", "Mend the YAML."),
    "a name that no id can hold": rewritten(
        "configs/environment/TF 2.4.yaml", "", "cannot be part of a cell's id", "Use a-z, 0-9"
    ),
    # scenarios
    "no cases": file(
        SEED, "cases:\n  as_written:", "cases: {}", "without cases", "Name at least one"
    ),
    "cases left out": file(
        SEED, "cases:\n  as_written:", "", "cases is missing", "Add a line cases: …"
    ),
    "cases that are null": file(
        SEED, "\n  as_written:", "", "cases: None should be", "the type it has in Scenario"
    ),
    "no formats": file(
        SEED, "\n  h5: [load_weights]", " {}", "a scenario without formats", "Name at least one"
    ),
    "no api": file(SEED, "[load_weights]", "[]", "formats.h5 names no api", "e.g. [load_model]"),
    "an api that is no list": file(
        SEED, "[load_weights]", "load_weights", "formats", "the type it has"
    ),
    "a format that there is not": file(
        SEED, "  h5:", "  h5s:", "formats.h5s: no such format", "Did you mean h5?"
    ),
    "an api that there is not": file(
        SEED, "[load_weights]", "[load_weight]", "no api 'load_weight'", "mean load_weights?"
    ),
    "an environment that a scenario names and there is not": file(
        *(SEED, "pairs: diagonal", "pairs: diagonal\nenvironments: [tf-2.4, tf-2.44]"),
        "environments: no environment matches 'tf-2.44'",
        "mean tf-2.4?",
    ),
    "a variant of no release": file(
        *(OLD, "cutoff", "variant_of: tf-2.44\ncutoff"),
        "variant_of: no environment 'tf-2.44'",
        "mean tf-2.4?",
    ),
    "a landmark that is not there": file(
        *("configs/config.yaml", "landmarks: [tf-2.4,", "landmarks: [tf-2.44,"),
        "landmarks: no environment 'tf-2.44'",
        "mean tf-2.4?",
    ),
    "a fact that is no word": file(
        SEED, "facts: [dense_2", "facts: ['  '", "facts: no message can name '  '", "Give a word"
    ),
    "a fact that is no shape": file(
        SEED, "[10, 32]", "[10, wide]", "facts: no message can name [10, 'wide']", "list of sizes"
    ),
    # errors, claims and reports
    "a pattern that does not parse": entry(
        "pattern: '(unclosed'", "pattern is no regular expression", "Escape what is literal."
    ),
    "a pattern that is found in anything": entry(
        "pattern: 'a*'", "pattern 'a*' is found in anything", "Name some words of it."
    ),
    "a remedy in a scenario that there is not": remedy(
        "seed_exampl_1/*/*/*/*/*", "no such scenario", "Did you mean seed_example_1?"
    ),
    "a remedy in a case that there is not": remedy(
        "seed_example_1/as_writen/*/*/*/*", "no such case", "Did you mean as_written?"
    ),
    "a remedy in a pair that there is not": remedy(
        "seed_example_1/*/*/*/tf-2.4/tf-2.15", "no cell of that format, API and pair", "See in"
    ),
    "a remedy without all parts": remedy(
        "seed_example_1/as_written", "has 2 parts", "scenario/case/format/api/saved_with"
    ),
    "a remedy that is to be seen in no column": entry(
        "remedies: [{do: Try this., works: {outcom: equal}}]",
        "remedies.1.works: no column 'outcom'",
        "Did you mean outcome?",
    ),
    "a remedy without words": entry(
        "remedies: [{cells: []}]", "remedies.1.do is missing", "Add a line do: …"
    ),
    "a key of a remedy misspelt": entry(
        "remedies: [{do: Try this., cell: []}]", "unknown key 'remedies.1.cell'", "mean cells?"
    ),
    "a claim about no cell": claim(
        "cells: [seed_example_4/*/*/*/*/*]\nholds: {outcome: error}",
        "no such scenario",
        "seed_example",
    ),
    "a claim about no column": claim(
        "cells: [seed_example_1/*/*/*/*/*]\nholds: {outcom: error}",
        "holds: no column 'outcom'",
        "Did you mean outcome?",
    ),
    "a claim that nothing judges": claim("", "names neither cells", "Give one of them"),
    "a claim that is judged and cannot be": claim(
        "cells: [seed_example_1/*/*/*/*/*]\nholds: {outcome: error}\ncannot: too hard",
        "names both cells",
        "Give one of them",
    ),
    "a claim that always holds": claim(
        "cells: [seed_example_1/*/*/*/*/*]", "holds is empty", "Name the columns"
    ),
    "a report of no cell": report(
        "cells: [seed_example_1/as_writen/*/*/*/*]", "no such case", "Did you mean as_written?"
    ),
    "a report that is neither shown nor cannot be": report("", "a/b#1: names neither", "cannot"),
    "a report of no cause": report(
        "causes: [layers]\n    cannot: too large",
        "reports.a/b#1.causes.1: no such value 'layers'",
        "layer_",
    ),
    "a report of causes that are none": report(
        "causes: []\n    cannot: too large", "names no cause", "causes: [none]"
    ),
    "a turn that is not there": file(
        *("configs/config.yaml", "turns: [tf-2.4,", "turns: [tf-2.44,"),
        "turns: no environment 'tf-2.44'",
        "mean tf-2.4?",
    ),
    "a release that a scenario adds and there is not": file(
        *(SEED, "pairs: diagonal", "pairs: turns\nalso: [tf-2.44]"),
        "also: no environment 'tf-2.44'",
        "mean tf-2.4?",
    ),
    "a cause that is not on the list": file(
        SEED, "layer_parameters", "layer", "cause: no such value 'layer'", "Did you mean layer_"
    ),
    "an expectation that is none": file(
        SEED,
        "expected: refuse",
        "expected: maybe",
        "expected: no such value 'maybe'",
        "Known: load, refuse.",
    ),
    "pairs that are none": file(
        SEED,
        "diagonal",
        "some",
        "pairs: no such value 'some'",
        "Known: all, diagonal, landmarks, turns.",
    ),
    "a case that no id can hold": file(
        SEED, "as_written", "as/written", "'as/written' cannot be part", "Use a-z, 0-9 and _."
    ),
    "a scenario without a module": rewritten(
        *("configs/scenario/seed_example_4.yaml", "question: What?\n"),
        "cause is missing",
        "Add a line cause: …",
    ),
    "a module without a scenario": Bad(
        "experiments/scenarios/seed_example_1.py",
        "this scenario has no configuration",
        "Write configs/scenario/seed_example_1.yaml",
        change=lambda tree: (tree.root / SEED).unlink(),
    ),
    "a broken main file": rewritten("configs/config.yaml", "name: [", "", "Mend the file."),
    # locks
    "no lock": Bad(
        *(LOCKED, "there is no lock", "Run `nox -s lock -- tf-2.4`."),
        change=lambda tree: (tree.root / LOCKED).unlink(),
    ),
    "an empty lock": rewritten(LOCKED, "", "the lock is empty", "Run `nox -s lock -- tf-2.4`."),
    "a lock without a hash": rewritten(
        *(LOCKED, LOCK + "six==1.15.0\n", "'six==1.15.0' has no hash", "nox -s lock -- tf-2.4")
    ),
    "a lock with a cut hash": rewritten(
        LOCKED, LOCK[:-9] + "\n", "has a hash that is cut off", "nox -s lock -- tf-2.4"
    ),
    "a lock without a pin": rewritten(
        *(
            LOCKED,
            LOCK.replace("numpy==", "numpy>="),
            "is not pinned with ==",
            "nox -s lock -- tf-2.4",
        )
    ),
    "a lock with an address": rewritten(
        *(LOCKED, LOCK + "six @ https://example.org/six.whl\n"),
        "is an address or an option",
        "nox -s lock -- tf-2.4",
    ),
    "a lock with an index": rewritten(
        *(LOCKED, "--index-url https://example.org/simple\n" + LOCK),
        "is an address or an option",
        "nox -s lock -- tf-2.4",
    ),
    "a lock of another release": rewritten(
        LOCKED, LOCK.replace("2.4.4", "2.4.3"), "'tensorflow-cpu==2.4.4'", "nox -s lock -- tf-2.4"
    ),
    # publishing
    "nothing to publish": words(
        "publish", location="results/runs/full", problem="is unfinished", fix="Run `nox -s matrix`"
    ),
}


@pytest.fixture
def recorded(tree: Tree) -> Tree:
    """A repository with recorded and published files."""
    reply = {"id": "round_trip/mlp/h5/load_model/tf-2.4/tf-2.4", "outcome": "equal"}
    tree.write("results/runs/full/replies/load/tf-2.4.jsonl", json.dumps(reply) + '\n{"id": "torn')
    tree.write("results/published/cells.csv", "cell,scenario\n")
    return tree


def refused(tree: Tree, bad: Bad) -> None:
    before = contents(tree.root / "results")
    answer = tree.command(*bad.command)
    assert answer.status == 2, answer
    for part in (bad.location, bad.problem, bad.fix):
        assert part in answer.err
    assert "Traceback" not in answer.err
    assert contents(tree.root / "results") == before


@pytest.mark.parametrize("name", BAD)
def test_a_fault_is_named_with_its_location_and_its_fix_and_no_file_changes(
    recorded: Tree, name: str
) -> None:
    BAD[name].change(recorded)
    refused(recorded, BAD[name])


def test_a_dry_run_refuses_a_missing_lock_like_a_run(recorded: Tree) -> None:
    (recorded.root / LOCKED).unlink()
    command = ("matrix", "--dry-run")
    refused(recorded, Bad(LOCKED, "there is no lock", "nox -s lock -- tf-2.4", command))


def test_a_file_instead_of_the_folder_of_runs_is_a_fault(tree: Tree) -> None:
    tree.write("results/runs", "a file where the folder should be")
    fix = "Make results/runs a folder that you may write to."
    refused(tree, Bad("results/runs", "cannot be written to", fix))


def test_a_second_run_in_one_folder_is_a_fault(recorded: Tree) -> None:
    with (recorded.run().folder / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        fix = "Wait for it to end, or give this run a name of its own: name=NAME"
        refused(recorded, Bad("results/runs/full", "another run is at work here", fix))


def test_all_faults_are_reported_at_once_sorted_by_location(tree: Tree) -> None:
    for name in ENVIRONMENTS:
        tree.edit(f"configs/environment/{name}.yaml", "2021-11-15", "soon")
    tree.edit(SEED, "diagonal", "some")
    answer = tree.command("matrix", "plan=fulll", "jbos=3", "--dryrun")
    assert answer.err.startswith("1 fault; nothing was run.")  # options come before all files
    answer = tree.command("matrix", "plan=fulll", "jbos=3")
    assert answer.err.startswith("6 faults; nothing was run.")
    with pytest.raises(ConfigFaultsError) as raised:
        compose.load(["plan=fulll", "jbos=3"])
    assert [fault.location for fault in raised.value.faults] == [
        *(f"configs/environment/{name}.yaml" for name in sorted(ENVIRONMENTS)),
        SEED,
        "jbos=3",
        "plan=fulll",
    ]
