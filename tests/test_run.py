"""Does a run record every planned cell once, through interruptions and faults of the harness?

A fake worker plays the environments, so the tests cover everything but TensorFlow.
"""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from support import ENVIRONMENTS, ROUND_TRIP, Tree, contents

from experiments.config.matrix import cells
from experiments.config.schema import Environment
from experiments.environments import installation
from experiments.environments.installation import Ready, Unavailable
from experiments.records import provenance, reporting
from experiments.run.store import read_lines

pytestmark = pytest.mark.whole

SCENARIO = "configs/scenario/round_trip.yaml"


def rows(tree: Tree) -> list[dict[str, str]]:
    with (tree.run().records / "cells.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


WAITING = "first_imports: 40, last_imports: 80, idle_s: 1"
LOOPING = "first_imports: 0.3, last_imports: 16, idle_s: 60"


def outcomes(tree: Tree) -> Counter[str]:
    return Counter(row["outcome"] for row in rows(tree))


def one_case(tree: Tree, case: str, limits: str = "") -> None:
    """Reduce the tree to one case of the fake worker, with these limits."""
    tree.write(SCENARIO, ROUND_TRIP.replace("mlp", case).replace("pairs: all", "pairs: diagonal"))
    if limits:
        for stage in ("save", "load"):
            old = f"{stage}: {{first_imports: 40, last_imports: 80, idle_s: 60,"
            tree.edit("configs/config.yaml", old, f"{stage}: {{{limits},")


def test_every_cell_is_recorded_and_saves_are_shared(done: Tree) -> None:
    planned = [cell.id for cell in cells(done.config())]
    assert [row["cell"] for row in rows(done)] == planned
    assert outcomes(done) == {"equal": 21}
    saved = [line for name in ENVIRONMENTS for line in read_lines(done.run().replies("save", name))]
    assert len(saved) == 9


def test_the_composed_config_is_stored_with_the_run(done: Tree) -> None:
    stored = json.loads(done.run().config.read_text())
    assert set(stored["environment"]) == set(ENVIRONMENTS)
    assert stored["scenario"]["round_trip"]["cases"]["mlp"]["formats"]["h5"] == ["load_model"]


def test_a_finished_run_requests_nothing_and_changes_no_byte(
    done: Tree, requested: list[str]
) -> None:
    before = contents(done.runs)
    assert done.command("matrix").status == 0
    assert requested == []
    assert contents(done.runs) == before


@pytest.mark.parametrize("seed", range(3))
def test_an_interrupted_run_goes_on_and_ends_with_the_same_bytes(
    done: Tree, requested: list[str], seed: int
) -> None:
    before = (done.run().records / "cells.csv").read_bytes()
    lost, chance = set[str](), random.Random(seed)
    for path in (done.run().folder / "replies" / "load").glob("*.jsonl"):
        replies, content = {line["id"] for line in read_lines(path)}, path.read_bytes()
        path.write_bytes(content[: chance.randrange(len(content))])
        lost |= replies - {line["id"] for line in read_lines(path)}
    shutil.rmtree(done.run().records)
    assert done.command("matrix").status == 0
    assert sorted(requested) == sorted(lost)
    assert (done.run().records / "cells.csv").read_bytes() == before


def test_a_lost_artifact_is_saved_again_but_not_loaded_again(
    done: Tree, requested: list[str]
) -> None:
    (oracle,) = (done.run().folder / "artifacts").glob("round_trip/mlp/h5/*/tf-2.4/oracle.npz")
    oracle.unlink()
    assert done.command("matrix").status == 0
    assert requested == ["round_trip/mlp/h5/save/tf-2.4"]


def test_fresh_repeats_every_cell_and_keeps_the_old_replies(
    done: Tree, requested: list[str]
) -> None:
    old = contents(done.run().folder / "replies")
    assert done.command("matrix", "fresh=true").status == 0
    assert len(requested) == 9 + 21
    assert contents(done.run().folder / "replies.1") == old


def test_a_run_of_another_name_is_another_run(done: Tree, requested: list[str]) -> None:
    before = contents(done.run().folder)
    assert done.command("matrix", "name=again", "scenario=[seed_*]").status == 0
    assert len(requested) == 3 + 3
    assert contents(done.run().folder) == before


def test_a_part_of_a_finished_run_requests_nothing(done: Tree, requested: list[str]) -> None:
    assert done.command("matrix", "scenario=[seed_*]", "environment=[tf-2.4]").status == 0
    assert requested == []
    assert [row["cell"] for row in rows(done)] == [
        "seed_example_1/as_written/h5/load_weights/tf-2.4/tf-2.4"
    ]


def test_the_stages_can_be_run_one_by_one(tree: Tree, finished: Path) -> None:
    tree.fake_releases()
    waiting = tree.command("load", "--environment", "tf-2.4")
    assert waiting.status == 1
    assert "2 cells wait for save(tf-2.21): nox -s 'save(tf-2.21)'" in waiting.out
    for stage in ("save", "load"):
        for name in ENVIRONMENTS:
            assert tree.command(stage, "--environment", name).status == 0
    assert tree.command("record").status == 0
    alike = (finished / "full" / "records" / "cells.csv").read_bytes()
    assert (tree.run().records / "cells.csv").read_bytes() == alike


@pytest.mark.parametrize("case", ["harness-wrong", "harness-kill-worker", "ours-wrong"])
def test_a_fault_of_the_harness_is_printed_with_its_cell_reason_and_log(
    tree: Tree, requested: list[str], case: str
) -> None:
    tree.fake_releases(FAKE_WORKER_NOTES=str(tree.root))
    one_case(tree, case)
    answer = tree.command("matrix")
    assert answer.status == 1
    assert outcomes(tree) == {"harness_error": 6, "equal": 3}
    at_once = rf"HARNESS ERROR round_trip/{case}/(h5/save|weights_h5/save_weights)/tf-2.4: "
    assert re.search(at_once, answer.out)
    ours = [row for row in rows(tree) if row["outcome"] == "harness_error"]
    for row in ours:
        assert row["reason"] in answer.out, "at the end"
        log = row["reason"].partition("; see ")[2]
        assert (tree.run().folder / log).exists()
    requested.clear()
    assert tree.command("matrix").status == 1
    assert len(requested) == 6, "each save is requested once more, and no old reply counts"
    assert all(identity.startswith(f"round_trip/{case}/") for identity in requested)


def test_an_environment_that_cannot_start_fails_its_own_cells_alone(tree: Tree) -> None:
    tree.fake_releases()
    tree.edit(
        "configs/environment/tf-2.4.yaml", "cutoff", "variables: {FAKE_WORKER_BROKEN: '1'}\ncutoff"
    )
    answer = tree.command("matrix")
    assert answer.status == 1
    assert answer.out.count("libtensorflow_framework.so.2") == 4, "twice at once, twice at the end"
    for row in rows(tree):
        theirs = "tf-2.4" in (row["saved_with"], row["loaded_with"])
        assert row["outcome"] == ("harness_error" if theirs else "equal")


def test_an_unavailable_environment_skips_its_own_cells_alone(tree: Tree) -> None:
    tree.fake_releases()
    original = installation.prepare
    missing = Unavailable("no CPython 3.8 was found", "Install it: pyenv install 3.8")

    def prepare(name: str, environment: Environment) -> Ready | Unavailable:
        return missing if name == "tf-2.4" else original(name, environment)

    tree.monkeypatch.setattr(installation, "prepare", prepare)
    answer = tree.command("matrix")
    assert answer.status == 0
    assert "tf-2.4 is unavailable: no CPython 3.8 was found\n    Install it: pyenv" in answer.out
    for row in rows(tree):
        theirs = "tf-2.4" in (row["saved_with"], row["loaded_with"])
        assert row["outcome"] == ("skipped" if theirs else "equal")
        assert ("no CPython 3.8" in row["reason"]) is theirs
    tree.monkeypatch.setattr(installation, "prepare", original)
    assert tree.command("matrix").status == 0
    assert outcomes(tree) == {"equal": 21}


def test_a_cell_that_is_slow_beside_others_is_repeated_alone(
    tree: Tree, requested: list[str]
) -> None:
    tree.fake_releases(FAKE_WORKER_NOTES=str(tree.root))
    one_case(tree, "theirs-slow-when-crowded", WAITING)
    assert tree.command("matrix", "environment=[tf-2.4]", "format=[h5]").status == 0
    assert outcomes(tree) == {"equal": 2}
    slow = "round_trip/theirs-slow-when-crowded/h5/save/tf-2.4"
    assert Counter(requested)[slow] == 2
    replies = list(read_lines(tree.run().replies("save", "tf-2.4")))
    assert [r["outcome"] for r in replies if r["id"] == slow] == ["timeout", "saved"]


def test_an_endless_wait_is_a_timeout_that_counts(tree: Tree, requested: list[str]) -> None:
    tree.fake_releases()
    one_case(tree, "theirs-hang", WAITING)
    words = ("environment=[tf-2.4]", "format=[h5]", "scenario=[round_trip]")
    assert tree.command("matrix", *words).status == 0
    (cell, save) = rows(tree)
    assert (cell["outcome"], save["outcome"]) == ("not_saved", "not_saved")
    assert "waited for 1 s without computing" in cell["reason"]
    requested.clear()
    assert tree.command("matrix", *words).status == 0
    assert requested == []


def test_a_long_cell_is_put_off_and_keeps_its_outcome(tree: Tree, requested: list[str]) -> None:
    tree.fake_releases()
    one_case(tree, "theirs-take-long", LOOPING)
    assert tree.command("matrix", "environment=[tf-2.4]", "format=[h5]").status == 0
    assert outcomes(tree) == {"equal": 2}
    assert Counter(requested)["round_trip/theirs-take-long/h5/save/tf-2.4"] == 2


def test_an_endless_loop_is_repeated_at_length_once_for_all_its_cells(tree: Tree) -> None:
    tree.fake_releases()
    one_case(tree, "theirs-spin:\n  theirs-spin-again:\n  theirs-spin-elsewhere", LOOPING)
    words = ("environment=[tf-2.4]", "format=[h5]", "scenario=[round_trip]")
    assert tree.command("matrix", *words).status == 0
    replies = list(read_lines(tree.run().replies("save", "tf-2.4")))
    put_off = [reply for reply in replies if reply.get("retry")]
    counted = [reply for reply in replies if not reply.get("retry")]
    assert len(put_off) == len(counted) == 3
    assert {reply["outcome"] for reply in counted} == {"timeout"}
    loops = Counter(reply["raised_in"] for reply in counted)
    assert loops == {"keras.loops:spin_for_ever": 2, "keras.loops:spin_elsewhere": 1}
    (like,) = [reply for reply in counted if "like" in reply]
    longest = {reply["id"]: reply["cpu_s"] for reply in counted if reply is not like}
    assert like["like"] in longest
    assert min(longest.values()) > 1.5 * max(reply["cpu_s"] for reply in put_off)
    assert {reply["error_message"] for reply in counted} == {
        "did not end within 16 times the CPU time of the release's import"
    }


class TestPublish:
    """Is a complete run published, and any other run refused?"""

    @pytest.fixture
    def committed(self, done: Tree, monkeypatch: pytest.MonkeyPatch) -> Tree:
        monkeypatch.setattr(
            provenance, "_git", lambda *words: "" if "status" in words else "1" * 40
        )
        (done.run().records / "provenance.json").unlink()
        assert done.command("record").status == 0
        return done

    @staticmethod
    def refused(tree: Tree, problem: str, fix: str) -> None:
        before = contents(tree.published)
        answer = tree.command("publish")
        assert answer.status == 2, answer
        assert problem in answer.err
        assert fix in answer.err
        assert contents(tree.published) == before

    def test_a_finished_run_is_published(
        self, committed: Tree, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        built: list[tuple[Path, Path]] = []

        def build(data: Path, out: Path) -> int:
            built.append((data, out))
            return 0

        monkeypatch.setattr(reporting, "build", build)
        answer = committed.command("publish")
        assert answer.status == 0, answer
        for name in ("cells.csv", "cells.parquet", "environments.csv", "provenance.json"):
            records = committed.run().records / name
            assert (committed.published / name).read_bytes() == records.read_bytes()
        assert built == [(committed.published, committed.root / "report" / "pages")]

    def test_a_missing_run_is_refused(self, tree: Tree) -> None:
        self.refused(tree, "is unfinished: cells.csv", "Run `nox -s matrix`")

    def test_a_run_of_a_part_is_refused(self, committed: Tree) -> None:
        assert committed.command("record", "scenario=[seed_*]").status == 0
        self.refused(committed, "is unfinished: 18 cells are missing", "Run `nox -s matrix`")

    def test_a_run_with_a_fault_of_the_harness_is_refused(self, committed: Tree) -> None:
        replies = committed.run().replies("load", "tf-2.4")
        replies.write_bytes(b"".join(replies.read_bytes().splitlines(keepends=True)[1:]))
        assert committed.command("record").status == 1
        self.refused(committed, "has 1 faults of the harness", "See its log")

    def test_a_run_without_an_environment_is_refused(self, committed: Tree) -> None:
        note = {"unavailable": "tf-2.4 is unavailable: no CPython 3.8 was found"}
        committed.run().environment("tf-2.4").write_text(json.dumps(note))
        assert committed.command("record").status == 0
        self.refused(committed, "cells without an environment", "nox -s doctor")

    def test_edited_records_are_refused(self, committed: Tree) -> None:
        path = committed.run().records / "cells.csv"
        path.write_text(path.read_text().replace(",equal,", ",different,", 1))
        self.refused(committed, "was changed after it was recorded", "Run `nox -s record`.")

    def test_records_of_uncommitted_code_are_refused(
        self, committed: Tree, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(provenance, "_git", lambda *words: " M experiments/config/matrix.py")
        (committed.run().records / "provenance.json").unlink()
        assert committed.command("record").status == 0
        self.refused(committed, "by code that is not committed", "Commit, run `nox -s record`")
