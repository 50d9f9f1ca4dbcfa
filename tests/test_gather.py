"""Are the gathered parts of a run, made on several machines, the run of one machine?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support import Tree, contents

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of two runs, each of one half of the matrix, for copies."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        tree = Tree(tmp_path_factory.mktemp("halves"), monkeypatch)
        tree.fake_releases()
        for part in (1, 2):
            assert tree.command("matrix", f"shard={part}/2", f"name=part-{part}").status == 0
    return tree.runs


@pytest.fixture
def parted(tree: Tree, halves: Path) -> Tree:
    """A repository with two runs, each of one half of the matrix."""
    tree.fake_releases()
    shutil.copytree(halves, tree.runs)
    return tree


def parts(tree: Tree, *numbers: int) -> list[str]:
    return [str(tree.run(f"part-{number}").folder) for number in numbers]


def test_the_parts_give_the_records_of_the_whole(parted: Tree) -> None:
    assert parted.command("matrix", "name=whole").status == 0
    answer = parted.command("record", *parts(parted, 1, 2))
    assert answer.status == 0, answer
    assert "of 2 parts" in answer.out
    for name in ("cells.csv", "environments.csv"):
        gathered = (parted.run().records / name).read_bytes()
        assert gathered == (parted.run("whole").records / name).read_bytes(), name


def test_a_missing_part_is_a_fault_of_the_harness(parted: Tree) -> None:
    answer = parted.command("record", *parts(parted, 1))
    assert answer.status == 1
    assert "HARNESS ERROR" in answer.out


def test_the_same_part_twice_changes_nothing(parted: Tree) -> None:
    assert parted.command("record", *parts(parted, 1, 2)).status == 0
    before = (parted.run().records / "cells.csv").read_bytes()
    assert parted.command("record", *parts(parted, 2, 1)).status == 0
    assert (parted.run().records / "cells.csv").read_bytes() == before


def test_parts_of_unlike_environments_are_not_one_matrix(parted: Tree) -> None:
    path = parted.run("part-2").environment("tf-2.4")
    environment = json.loads(path.read_text())
    environment["description"]["numpy"] = "9.9"
    path.write_text(json.dumps(environment))
    answer = parted.command("record", *parts(parted, 1, 2))
    assert answer.status == 2
    assert "tf-2.4" in answer.err
    assert "numpy 9.9 and " in answer.err
    assert not (parted.run().folder / "replies").exists()


@pytest.mark.parametrize("name", ["nowhere", "results"])
def test_a_folder_that_is_no_run_is_refused(parted: Tree, name: str) -> None:
    answer = parted.command("record", str(parted.root / name))
    assert answer.status == 2
    assert "nox -s matrix -- shard=I/N" in answer.err


def test_a_gathered_run_is_not_a_part_of_itself(parted: Tree) -> None:
    assert parted.command("record", *parts(parted, 1, 2)).status == 0
    before = contents(parted.run().folder / "replies")
    assert parted.command("record", str(parted.run().folder)).status == 2
    assert contents(parted.run().folder / "replies") == before


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"])
def test_a_shard_that_is_no_part_is_a_fault(tree: Tree, shard: str) -> None:
    answer = tree.command("matrix", f"shard={shard}")
    assert answer.status == 2
    assert "is no part of a whole" in answer.err


def test_more_parts_than_scenarios_are_a_fault(tree: Tree) -> None:
    assert tree.command("matrix", "shard=3/3").status == 2
