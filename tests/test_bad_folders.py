"""Does a folder with unexpected content get a message, and is nothing lost?

The folders are those of broken runs, of results of another version, and read-only folders. Some
tests lack tools.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from support import Tree, contents

from experiments.environments import installation, locks
from experiments.run.store import read_json
from report.__main__ import main as report_main
from report.products.paper import main as paper_main
from report.site.__main__ import main as site_main

pytestmark = pytest.mark.whole

NEXT = "Move it away, and give the command again that writes it."
WRONG = {
    "empty": b"",
    "cut off": b'{"description": {"python": "3.8',
    "not UTF-8": b"\xff\xfe\x00",
    "an HTML page": b"<!DOCTYPE html>",
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("command", [("matrix",), ("matrix", "--dry-run"), ("record",)])
def test_a_broken_description_of_an_environment_stops_the_command(
    done: Tree, requested: list[str], content: bytes, command: tuple[str, ...]
) -> None:
    path = done.run().environment("tf-2.4")
    path.write_bytes(content)
    before = contents(done.runs)
    answer = done.command(*command)
    assert answer.status == 2, answer
    assert f"{path}: is not what was written there" in answer.err
    assert NEXT in answer.err
    assert requested == []
    assert contents(done.runs) == before


GARBAGE = {
    "binary": b"\x00\xff" * 999,
    "another's lines": b'{"id": "round_trip/mlp/h5/load_model/tf-2.4/tf-2.4"}\n[1]\n"text"\n7\n',
    "a torn line": b'{"id": "round_trip/mlp/h5/load_model/tf-2.4/tf-2.4", "outco',
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_cells_with_unreadable_replies_are_measured_again(
    done: Tree, requested: list[str], garbage: bytes
) -> None:
    before = (done.run().records / "cells.csv").read_bytes()
    replies = done.run().replies("load", "tf-2.4")
    lost = len(replies.read_bytes().splitlines())
    replies.write_bytes(garbage)
    assert done.command("matrix").status == 0
    assert len(requested) == lost
    assert (done.run().records / "cells.csv").read_bytes() == before
    assert replies.read_bytes().startswith(garbage), "the old lines stay"


def test_unreadable_periods_are_skipped(done: Tree) -> None:
    with (done.run().folder / "periods.jsonl").open("a") as stream:
        stream.write('{"id": "load(tf-2.4)"}\nnothing\n')
    (done.run().records / "provenance.json").unlink()
    assert done.command("record").status == 0
    assert read_json(done.run().records / "provenance.json")["start"]


@pytest.mark.parametrize("name", ["records", "replies", "logs", "artifacts", "environments"])
def test_a_file_instead_of_a_folder_stops_the_run_without_a_traceback(
    tree: Tree, name: str
) -> None:
    tree.fake_releases()
    tree.write(f"results/runs/full/{name}", "a file")
    answer = tree.command("matrix")
    assert answer.status == 1
    assert "Traceback" not in answer.err
    assert (tree.run().folder / name).read_text() == "a file"


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_records_that_are_cut_off_are_not_published(done: Tree, content: bytes) -> None:
    (done.run().records / "provenance.json").write_bytes(content)
    before = contents(done.published)
    answer = done.command("publish")
    assert answer.status == 2, answer
    assert "provenance.json: is not what was written there" in answer.err
    assert NEXT in answer.err
    assert contents(done.published) == before


class TestPublished:
    """Published results of another version of the data contract, or no results."""

    @pytest.fixture
    def foreign(self, done: Tree) -> Tree:
        for name in ("cells.csv", "environments.csv", "provenance.json"):
            done.write(f"results/published/{name}", (done.run().records / name).read_bytes())
        origin = read_json(done.published / "provenance.json")
        done.write("results/published/provenance.json", json.dumps(origin | {"schema_version": 2}))
        return done

    @pytest.mark.parametrize("command", ["publish judged", "verify"])
    def test_results_of_another_version_are_refused(self, foreign: Tree, command: str) -> None:
        before = contents(foreign.published)
        answer = foreign.command(*command.split())
        assert answer.status == 2, answer
        assert "is of schema_version 2; this suite knows 1" in answer.err
        assert "Use the suite that published it" in answer.err
        assert contents(foreign.published) == before

    @pytest.mark.parametrize(
        "main", [report_main, site_main, paper_main], ids=["report", "site", "paper"]
    )
    def test_results_of_another_version_give_no_report(
        self,
        foreign: Tree,
        tmp_path: Path,
        main: Callable[[Sequence[str]], int],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        out = tmp_path / "out"
        assert main(["--data", str(foreign.published), "--out", str(out)]) == 2
        assert "schema_version 2; this report reads 1" in capsys.readouterr().err
        assert not out.exists()

    @pytest.mark.parametrize("command", ["publish judged", "verify"])
    def test_missing_results_are_a_fault_that_names_the_command_for_them(
        self, done: Tree, command: str
    ) -> None:
        answer = done.command(*command.split())
        assert answer.status == 2, answer
        assert "nothing is published there" in answer.err
        assert "nox -s publish" in answer.err


@pytest.fixture
def read_only(tree: Tree) -> Iterator[Tree]:
    """A repository with a read-only folder of runs; only a mount binds root."""
    tree.runs.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(tree.runs)]
    if os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("root may write anywhere, and may not mount here")
    if os.geteuid():
        tree.runs.chmod(0o555)
    yield tree
    if tree.runs.is_mount():
        subprocess.run(["umount", "--lazy", str(tree.runs)], check=True)


@pytest.mark.parametrize("command", ["matrix", "corruption"])
def test_a_read_only_folder_of_runs_is_a_fault(
    read_only: Tree, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(locks, "faults", lambda environment, names: [])
    answer = read_only.command(command)
    assert answer.status == 2, answer
    assert "results/runs: cannot be written to" in answer.err
    assert "Make results/runs a folder that you may write to." in answer.err


def test_without_git_a_run_is_recorded_and_not_published(done: Tree) -> None:
    done.monkeypatch.setenv("PATH", str(done.root))
    (done.run().records / "provenance.json").unlink()
    assert done.command("record").status == 0
    origin = read_json(done.run().records / "provenance.json")
    assert (origin["git_commit"], origin["git_clean"]) == (None, False)
    answer = done.command("publish")
    assert answer.status == 2
    assert "was recorded by code that is not committed" in answer.err


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_an_environment_with_a_broken_marker_is_not_ready(tree: Tree, content: bytes) -> None:
    path = installation.folder("tf-2.4")
    path.mkdir(parents=True)
    (path / installation.MARKER).write_bytes(content)
    assert not installation.is_ready("tf-2.4")
