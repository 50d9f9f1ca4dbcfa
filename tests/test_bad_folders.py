"""What if what lies in a folder is not what was put there? It is said, and nothing is lost.

Runs that were broken, results of another version, places that cannot be written to, tools that are
not there.
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

NEXT = "Move it away, and give the command again that writes it."
WRONG = {
    "empty": b"",
    "cut off": b'{"description": {"python": "3.8',
    "not UTF-8": b"\xff\xfe\x00",
    "an HTML page": b"<!DOCTYPE html>",
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("command", [("matrix",), ("matrix", "--dry-run"), ("record",)])
def test_what_an_environment_said_of_itself(
    done: Tree, asked: list[str], content: bytes, command: tuple[str, ...]
) -> None:
    place = done.run().environment("tf-2.4")
    place.write_bytes(content)
    before = contents(done.runs)
    answer = done.command(*command)
    assert answer.status == 2, answer
    assert f"{place}: is not what was written there" in answer.err
    assert NEXT in answer.err
    assert asked == []
    assert contents(done.runs) == before


GARBAGE = {
    "binary": b"\x00\xff" * 999,
    "another's lines": b'{"id": "round_trip/mlp/h5/load_model/tf-2.4/tf-2.4"}\n[1]\n"text"\n7\n',
    "a torn line": b'{"id": "round_trip/mlp/h5/load_model/tf-2.4/tf-2.4", "outco',
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_replies_that_are_none_are_asked_for_again(
    done: Tree, asked: list[str], garbage: bytes
) -> None:
    before = (done.run().records / "cells.csv").read_bytes()
    replies = done.run().replies("load", "tf-2.4")
    lost = len(replies.read_bytes().splitlines())
    replies.write_bytes(garbage)
    assert done.command("matrix").status == 0
    assert len(asked) == lost
    assert (done.run().records / "cells.csv").read_bytes() == before
    assert replies.read_bytes().startswith(garbage), "nothing that was there is lost"


def test_periods_that_are_none_are_passed_over(done: Tree) -> None:
    with (done.run().folder / "periods.jsonl").open("a") as stream:
        stream.write('{"id": "load(tf-2.4)"}\nnothing\n')
    (done.run().records / "provenance.json").unlink()
    assert done.command("record").status == 0
    assert read_json(done.run().records / "provenance.json")["start"]


@pytest.mark.parametrize("name", ["records", "replies", "logs", "artifacts", "environments"])
def test_a_file_in_the_place_of_a_folder(tree: Tree, name: str) -> None:
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
    """Results of another version of the data contract, or none."""

    @pytest.fixture
    def foreign(self, done: Tree) -> Tree:
        for name in ("cells.csv", "environments.csv", "provenance.json"):
            done.write(f"results/published/{name}", (done.run().records / name).read_bytes())
        origin = read_json(done.published / "provenance.json")
        done.write("results/published/provenance.json", json.dumps(origin | {"schema_version": 2}))
        return done

    @pytest.mark.parametrize("command", ["publish judged", "verify"])
    def test_they_are_not_taken_for_ours(self, foreign: Tree, command: str) -> None:
        before = contents(foreign.published)
        answer = foreign.command(*command.split())
        assert answer.status == 2, answer
        assert "is of schema_version 2; this suite knows 1" in answer.err
        assert "Use the suite that published it" in answer.err
        assert contents(foreign.published) == before

    @pytest.mark.parametrize(
        "main", [report_main, site_main, paper_main], ids=["report", "site", "paper"]
    )
    def test_no_report_is_made_of_them(
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
    def test_where_there_are_none_it_is_said_how_they_come(self, done: Tree, command: str) -> None:
        answer = done.command(*command.split())
        assert answer.status == 2, answer
        assert "nothing is published there" in answer.err
        assert "nox -s publish" in answer.err


@pytest.fixture
def read_only(tree: Tree) -> Iterator[Tree]:
    """A repository whose runs are where nothing may be written; root is bound by mounts alone."""
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
def test_a_place_that_may_not_be_written_to(
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
def test_a_marker_that_is_none_has_the_environment_built_anew(tree: Tree, content: bytes) -> None:
    place = installation.folder("tf-2.4")
    place.mkdir(parents=True)
    (place / installation.MARKER).write_bytes(content)
    assert not installation.is_ready("tf-2.4")
