"""Are exactly the cells run again that a change can affect?

The tests change each part of the key, and compare the requests of a run with the affected cells.
A second test leaves the part out of the key, and must find the comparison wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest
from support import ENVIRONMENTS, Tree

from experiments.records import messages
from experiments.run.reuse import keys, sources
from experiments.run.store import read_json, read_lines

pytestmark = pytest.mark.whole

Change = Callable[[Tree], None]
SAVES, LOADS = 9, 21
ALL = ("*",)


def worker(tree: Tree) -> None:
    tree.monkeypatch.setattr(sources, "worker_source", lambda: "another")


def scenario(tree: Tree) -> None:
    original = sources.scenario_source
    tree.monkeypatch.setattr(
        sources,
        "scenario_source",
        lambda name: "another" if name == "seed_example_1" else original(name),
    )


def suite(tree: Tree) -> None:
    tree.monkeypatch.setattr(keys, "SUITE_VERSION", "another")


def edit(name: str, old: str, new: str) -> Change:
    return lambda tree: tree.edit(name, old, new)


def limits(stage: str) -> Change:
    return edit(
        "configs/config.yaml", f"{stage}: {{first_imports: 40", f"{stage}: {{first_imports: 41"
    )


def lock(tree: Tree) -> None:
    path = tree.root / "configs" / "locks" / "tf-2.4.txt"
    path.write_text(path.read_text().replace("0" * 64, "1" * 64, 1))


TF_2_4 = "configs/environment/tf-2.4.yaml"
OF_TF_2_4 = ("*/save/tf-2.4", "*/save_weights/tf-2.4", "*/load*/*/tf-2.4")
PARTS: dict[str, tuple[str, Change, tuple[str, ...]]] = {
    "the suite's version": ("suite", suite, ALL),
    "the worker's source": ("worker", worker, ALL),
    "a scenario's source": ("scenario", scenario, ("seed_example_1/*",)),
    "an environment's lock": ("lock", lock, OF_TF_2_4),
    "its Python": ("python", edit(TF_2_4, '"3.8"', '"3.9"'), OF_TF_2_4),
    "its variables": (
        "variables",
        edit(TF_2_4, "cutoff", "variables: {TF_DETERMINISTIC_OPS: '1'}\ncutoff"),
        OF_TF_2_4,
    ),
    "the limits of saves": ("limits", limits("save"), ("*/save*/*",)),
    "the limits of loads": ("limits", limits("load"), ("*/load*/*/*",)),
    "what a case loads": (
        "request",
        edit("configs/scenario/seed_example_1.yaml", "as_written:", "as_written: {saved_as: it}"),
        ("seed_example_1/it/*", "seed_example_1/*/load_weights/*"),
    ),
}
"""The part of the key, the change, and globs over the ids of the affected cells."""


def affected(ids: set[str], globs: tuple[str, ...]) -> set[str]:
    return {identity for identity in ids if any(fnmatchcase(identity, glob) for glob in globs)}


def recorded(tree: Tree) -> set[str]:
    """Return the ids of all saves and loads with a reply."""
    return {
        line["id"]
        for stage in ("save", "load")
        for name in ENVIRONMENTS
        for line in read_lines(tree.run().replies(stage, name))
    }


@pytest.mark.parametrize("name", PARTS)
def test_exactly_the_affected_cells_are_run_again(
    done: Tree, requested: list[str], name: str
) -> None:
    _, change, globs = PARTS[name]
    before = recorded(done)
    assert len(before) == SAVES + LOADS
    change(done)
    assert done.command("matrix").status == 0
    assert set(requested) == affected(recorded(done), globs)
    assert len(requested) == len(set(requested))


@pytest.mark.parametrize("name", PARTS)
def test_a_key_without_a_part_reuses_stale_replies(
    tree: Tree, requested: list[str], name: str
) -> None:
    """Without a part of the key stale replies are reused, so the test above would fail."""
    part, change, globs = PARTS[name]
    original = keys.digest

    def forgetful(parts: dict[str, Any]) -> str:
        return original({key: value for key, value in parts.items() if key != part})

    tree.monkeypatch.setattr(keys, "digest", forgetful)
    if part == "request":  # otherwise all cells of a scenario would have one key
        tree.monkeypatch.setattr(
            keys, "digest", lambda parts: original(parts | {"request": parts["request"][:1]})
        )
    tree.fake_releases()
    assert tree.command("matrix").status == 0
    requested.clear()
    change(tree)
    assert tree.command("matrix").status == 0
    assert set(requested) != affected(recorded(tree), globs)


def test_a_changed_artifact_is_a_fault_of_the_harness_and_is_saved_anew(
    done: Tree, requested: list[str]
) -> None:
    before = (done.run().records / "cells.csv").read_bytes()
    (artifact,) = (done.run().folder / "artifacts").glob("seed_example_1/*/*/*/tf-2.4/files/*")
    artifact.write_bytes(artifact.read_bytes() + b"!")
    replies = done.run().replies("load", "tf-2.4")
    kept = [line for line in read_lines(replies) if "seed_example_1" not in line["id"]]
    replies.write_text("".join(json.dumps(line) + "\n" for line in kept))
    answer = done.command("matrix")
    assert answer.status == 1
    assert "the artifact is not what was saved" in answer.out
    requested.clear()
    assert done.command("matrix").status == 0
    assert set(requested) == {
        "seed_example_1/as_written/h5/save/tf-2.4",
        "seed_example_1/as_written/h5/load_weights/tf-2.4/tf-2.4",
    }
    assert (done.run().records / "cells.csv").read_bytes() == before


def test_another_normalisation_changes_rows_without_a_request(
    done: Tree, requested: list[str]
) -> None:
    replies = done.run().replies("load", "tf-2.4")
    lines = list(read_lines(replies))
    lines[0] |= {"outcome": "error", "error_type": "ValueError", "error_message": "at 0xdeadbeef"}
    replies.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert done.command("matrix").status == 0
    assert "at 0x…" in (done.run().records / "cells.csv").read_text()
    done.monkeypatch.setattr(messages, "message", lambda text, scratch: text.upper())
    assert done.command("matrix").status == 0
    assert "AT 0XDEADBEEF" in (done.run().records / "cells.csv").read_text()
    assert requested == []


def test_reused_replies_are_counted(done: Tree) -> None:
    def reused() -> Any:
        (done.run().records / "provenance.json").unlink(missing_ok=True)
        assert done.command("matrix").status == 0
        return read_json(done.run().records / "provenance.json")["reused"]

    assert reused() == {"saves": SAVES, "loads": LOADS}
    limits("load")(done)
    assert reused() == {"saves": SAVES, "loads": 0}


def test_a_fresh_run_reuses_nothing(done: Tree, requested: list[str]) -> None:
    assert done.command("matrix", "fresh=true").status == 0
    assert len(requested) == SAVES + LOADS
    assert read_json(done.run().records / "provenance.json")["reused"] == {"saves": 0, "loads": 0}
