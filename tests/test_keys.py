"""Is a reply reused only while all of its inputs are unchanged?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support import Tree

from experiments.config.matrix import Cell, cells
from experiments.config.schema import Config
from experiments.run.reuse import keys, sources
from experiments.run.reuse.keys import Keys

Change = Callable[[Tree, pytest.MonkeyPatch], None]
LOCKS = dict.fromkeys(("tf-2.4", "tf-2.15", "tf-2.21"), "0" * 64)
ROUND_TRIP = "configs/scenario/round_trip.yaml"
TF_2_4 = "configs/environment/tf-2.4.yaml"


def both(config: Config, locks: dict[str, str] | None = None, artifact: str = "a") -> list[str]:
    """Return the keys of a save and of the load of its file, both with tf-2.4."""
    reuse_keys = Keys(config, locks or LOCKS)
    cell = next(c for c in cells(config) if c.saved_with == c.loaded_with == "tf-2.4")
    return [reuse_keys.save(cell.save), reuse_keys.load(cell, artifact)]


def source(name: str) -> Change:
    def change(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sources, name, lambda *names: "another")

    return change


def config(file: str, old: str, new: str) -> Change:
    return lambda tree, monkeypatch: tree.edit(file, old, new)


def suite_version(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SUITE_VERSION", "0.1.1")


SAVE = "save: {first_imports: 40, last_imports: 80, idle_s: 60, memory_mib: 4096}"
LOAD = SAVE.replace("save", "load")
BOTH: dict[str, Change] = {
    "the worker's source": source("worker_source"),
    "the scenario's source": source("scenario_source"),
    "the suite's version": suite_version,
    "the environment's Python": config(TF_2_4, '"3.8"', '"3.9"'),
    "its variables": lambda tree, _: tree.edit(
        TF_2_4, "cutoff", "variables: {TF_DETERMINISTIC_OPS: '1'}\ncutoff"
    ),
}
NEITHER: dict[str, Change] = {
    "the question": config(ROUND_TRIP, "question: Does", "question: When does"),
    "another scenario": config("configs/scenario/seed_example_1.yaml", "refuse", "load"),
    "another environment": config("configs/environment/tf-2.15.yaml", '"3.8"', '"3.9"'),
    "the forecast": config("configs/config.yaml", "install_s: 9", "install_s: 10"),
    "the jobs": config("configs/config.yaml", "jobs: 0", "jobs: 1"),
}


@pytest.mark.parametrize("change", BOTH.values(), ids=BOTH)
def test_an_input_of_a_cell_changes_its_keys(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    save, load = both(tree.config())
    change(tree, monkeypatch)
    new_save, new_load = both(tree.config())
    assert (save != new_save, load != new_load) == (True, True)


@pytest.mark.parametrize("change", NEITHER.values(), ids=NEITHER)
def test_an_unrelated_change_keeps_the_keys(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    before = both(tree.config())
    change(tree, monkeypatch)
    assert both(tree.config()) == before


def test_a_lock_changes_the_keys_of_its_environment_alone(tree: Tree) -> None:
    composed = tree.config()
    before = both(composed)
    assert both(composed, LOCKS | {"tf-2.4": "1" * 64}) != before
    assert both(composed, LOCKS | {"tf-2.15": "1" * 64}) == before


def test_a_load_also_depends_on_the_artifact(tree: Tree) -> None:
    composed = tree.config()
    (save, load), (new_save, new_load) = both(composed), both(composed, artifact="b")
    assert (save == new_save, load == new_load) == (True, False)


def test_each_stage_has_its_own_limits(tree: Tree) -> None:
    (save, load) = both(tree.config())
    tree.edit("configs/config.yaml", LOAD, LOAD.replace("40", "50", 1))
    assert both(tree.config())[0] == save
    assert both(tree.config())[1] != load


def test_no_two_cells_share_a_key(tree: Tree) -> None:
    composed = tree.config()
    reuse_keys = Keys(composed, LOCKS)
    loads: list[Cell] = cells(composed)
    all_keys = [reuse_keys.load(cell, "a") for cell in loads]
    all_keys += {reuse_keys.save(cell.save) for cell in loads}
    assert len(all_keys) == len(set(all_keys)) == len(loads) + len({cell.save for cell in loads})
    by_name = replace(loads[0], api="load_weights_by_name")
    assert reuse_keys.save(loads[0].save) == reuse_keys.save(by_name.save)
