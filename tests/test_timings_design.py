"""Do all environments take their turns together, in an order that only the seed decides?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.timings import settings
from experiments.timings.design import Design, Model
from experiments.timings.statistics import neighbours
from experiments.timings.statistics.neighbours import Relations
from experiments.timings.statistics.subjects import COLD

QUICK = settings.load(["timing=quick"])


def design(seed: int = 1) -> Design:
    QUICK.seed = seed
    return Design(QUICK)


@given(seed=st.integers(0, 2**31), number=st.integers(1, 50))
def test_a_round_has_every_turn_once_and_only_the_seed_decides_its_order(
    seed: int, number: int
) -> None:
    found = design(seed)
    order = found.order(number)
    assert sorted(model for model, _ in order) == sorted(found.models)
    for model, where in order:
        assert sorted(where) == sorted(found.models[model])
    assert order == design(seed).order(number)


@given(number=st.integers(1, 50))
def test_what_is_compared_stands_side_by_side(number: int) -> None:
    found = Design(settings.load([]))
    relations = Relations.of(found.settings.model_dump(mode="json"))
    releases = [name for name, release in relations.releases.items() if not release]
    for _, where in found.order(number):
        places = {name: place for place, name in enumerate(where)}
        for before, after in neighbours.pairs(where, relations):
            apart = abs(places[before] - places[after])
            if {before, after} <= set(releases):
                apart = min(apart, len(where) - apart)  # the row begins anywhere
            assert apart <= 5, (before, after)


def test_each_of_two_neighbours_comes_first_as_often() -> None:
    found = Design(settings.load([]))
    first = 0
    for number in range(50):
        for model, where in found.order(number):
            first += model in found.everywhere and where.index("tf-2.8") < where.index("tf-2.9")
    assert 0.4 < first / (50 * len(found.everywhere)) < 0.6


@given(number=st.integers(1, 50))
def test_rounds_and_seeds_have_orders_of_their_own(number: int) -> None:
    orders = [str(design(seed).order(one)) for seed in (1, 2) for one in (number, number + 1)]
    assert len(set(orders)) == len(orders)


FILES = st.sets(st.sampled_from(["h5", "keras", "savedmodel", "weights_h5", "checkpoint"]))


@given(files=FILES, number=st.integers(1, 9))
def test_a_turn_loads_what_was_saved_and_cold_comes_last(files: set[str], number: int) -> None:
    found = design()
    model = Model("few_large", "large")
    loads = found.loads(number, model, files)
    assert {one["format"] for one in loads} == files
    assert loads == found.loads(number, model, files)
    warmth = [one["cache"] == COLD for one in loads]
    assert warmth == sorted(warmth)
    assert sum(warmth) == len(files)
    assert set(found.saves(model, files)) == files
    assert found.saves(Model("convolutional", "large"), files) == []


@given(files=FILES, number=st.integers(1, 9))
def test_loads_have_the_same_order_whatever_was_saved(files: set[str], number: int) -> None:
    """Or what a load owes to those before it would be taken for a difference of environments."""
    found, model = design(), Model("few_large", "small")
    every = found.loads(number, model, {"h5", "keras", "savedmodel", "weights_h5", "checkpoint"})
    assert found.loads(number, model, files) == [one for one in every if one["format"] in files]


def test_every_way_to_load_comes_first_in_some_turn() -> None:
    found, files = design(), {"h5", "keras", "savedmodel"}
    model = Model("few_large", "small")
    first = {found.loads(number, model, files)[0]["format"] for number in range(20)}
    assert first == files


def test_a_size_that_names_environments_is_timed_in_no_other() -> None:
    found = Design(settings.load([]))
    assert sorted(found.models[Model("few_large", "huge")]) == ["tf-2.15", "tf-2.21", "tf-2.4"]
    assert set(found.models[Model("few_large", "large")]) == set(found.environments)
    assert set(found.models) - set(found.everywhere) == {Model("few_large", "huge")}


def test_a_format_that_was_another_one_under_its_name_is_not_timed_twice() -> None:
    found = Design(settings.load([]))
    since = {"h5": 0, "keras": 13, "savedmodel": 0, "weights_h5": 0, "keras_weights_h5": 12}
    since["checkpoint"] = 0
    for name, behind in found.environments.items():
        minor = int(behind.split(".")[1].split("-")[0])
        assert found.saved(name) == [one for one in since if since[one] <= minor], name


def test_what_is_published_is_what_was_promised() -> None:
    """Six families of three sizes over three orders of magnitude, in all environments."""
    asked = settings.load([])
    found = Design(asked)
    assert set(asked.environment) <= set(found.environments)
    assert len(asked.family) >= 6
    for name, family in asked.family.items():
        parameters = [one.parameters for one in family.sizes.values()]
        assert len(parameters) >= 3
        assert max(parameters) / min(parameters) > 900, name


def test_a_control_is_the_same_environment_under_another_name() -> None:
    found = Design(settings.load([]))
    assert found.environments["tf-2.15-again"] == "tf-2.15"
    assert found.slower("tf-2.15-again") == found.slower("tf-2.15") == 0.0
    planted = Design(settings.load(["timing=control"]))
    assert planted.slower("tf-2.15-tenth") == pytest.approx(0.1)


def test_the_families_are_one_small_file_each() -> None:
    folder = Path(settings.__file__).parent.parent / "families"
    for path in folder.glob("[a-z]*.py"):
        assert len(path.read_text().splitlines()) < 40, path
