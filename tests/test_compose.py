"""Does the command line select its cells, and is the composed configuration complete?"""

from __future__ import annotations

import json

import pytest
from support import ENVIRONMENTS, LIMITS, Tree

from experiments.config import compose, matrix
from experiments.config.schema import ROOT, Case, Pairs
from results.contract.cells import Cause, Expected


def ids(tree: Tree, *words: str) -> set[str]:
    return {cell.id for cell in matrix.cells(tree.config(*words))}


def test_the_configs_of_the_repository_have_no_fault() -> None:
    config = compose.load([])
    assert set(config.environment) == {
        path.stem for path in (ROOT / "configs" / "environment").glob("*.yaml")
    }
    assert len(matrix.cells(config)) >= len(config.environment) ** 2


def test_every_plan_of_the_repository_selects_something() -> None:
    for plan in (ROOT / "configs" / "plan").glob("*.yaml"):
        assert matrix.cells(compose.load([f"plan={plan.stem}"]))


def test_releases_come_in_the_order_of_their_numbers(tree: Tree) -> None:
    assert list(tree.config().environment) == ["tf-2.4", "tf-2.15", "tf-2.21"]


def test_a_plan_names_the_run_and_narrows_it(tree: Tree) -> None:
    config = tree.config("plan=few")
    assert config.name == "few"
    assert {cell.saved_with for cell in matrix.cells(config)} == {"tf-2.4", "tf-2.21"}


def test_the_command_line_goes_before_the_plan(tree: Tree) -> None:
    config = tree.config("plan=few", "name=mine", "environment=[tf-2.15]", "jobs=1")
    assert (config.name, config.select.environment, config.jobs) == ("mine", ["tf-2.15"], 1)


@pytest.mark.parametrize(
    "words", [["environment=tf-2.4"], ["environment=[tf-2.4]"], ["select.environment=[tf-2.4]"]]
)
def test_a_selector_is_a_glob_or_a_list_of_globs(tree: Tree, words: list[str]) -> None:
    assert ids(tree, *words, "scenario=round_*") == {
        "round_trip/mlp/h5/load_model/tf-2.4/tf-2.4",
        "round_trip/mlp/weights_h5/load_weights/tf-2.4/tf-2.4",
    }


def test_saver_and_loader_are_selected_apart(tree: Tree) -> None:
    assert ids(tree, "saved_with=[tf-2.4]", "loaded_with=[tf-2.21]", "format=[h5]") == {
        "round_trip/mlp/h5/load_model/tf-2.4/tf-2.21"
    }


def test_a_case_inherits_absent_keys_from_its_scenario(tree: Tree) -> None:
    case = "  other: {expected: load, formats: {keras: [load_model]}, saved_as: one, "
    case += "pairs: all, cause: dtype}"
    tree.edit("configs/scenario/seed_example_1.yaml", "as_written:", f"as_written:\n{case}")
    cases = tree.config().scenario["seed_example_1"].cases
    facts = ["dense_2", [10, 32]]
    assert cases["as_written"] == Case(
        formats={"h5": ["load_weights"]},
        expected=Expected.refuse,
        facts=facts,
        saved_as="as_written",
        pairs=Pairs.diagonal,
        cause=Cause.layer_parameters,
    )
    assert cases["other"] == Case(
        formats={"keras": ["load_model"]},
        expected=Expected.load,
        facts=facts,
        saved_as="one",
        pairs=Pairs.all,
        cause=Cause.dtype,
    )


def test_a_release_is_added_by_one_file(tree: Tree) -> None:
    text = (tree.root / "configs/environment/tf-2.4.yaml").read_text()
    tree.write("configs/environment/tf-2.22.yaml", text)
    assert list(tree.config().environment) == [*ENVIRONMENTS, "tf-2.22"]
    assert len(ids(tree, "scenario=[round_trip]", "format=[h5]")) == 4 * 4


def test_an_environment_may_extend_another(tree: Tree) -> None:
    text = 'defaults: [tf-2.4, _self_]\ncutoff: "2022-01-01"\n'
    tree.write("configs/environment/tf-2.22.yaml", text)
    environment = tree.config().environment["tf-2.22"]
    assert (environment.python, environment.cutoff) == ("3.8", "2022-01-01")


def test_a_composed_config_is_stored_as_plain_json(tree: Tree) -> None:
    stored = json.loads(json.dumps(tree.config("plan=few").model_dump(mode="json")))
    assert stored["name"] == "few"
    assert stored["scenario"]["seed_example_1"]["expected"] == "refuse"
    assert stored["limits"]["load"] == LIMITS
