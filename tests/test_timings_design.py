"""Check that all environments take their turns together, in an order that the seed determines."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.timings import settings
from experiments.timings.config import Timings
from experiments.timings.design import Design, Model
from experiments.timings.statistics import neighbours
from experiments.timings.statistics.neighbours import Relations
from experiments.timings.statistics.subjects import COLD


@cache
def quick_settings() -> Timings:
    """Return the settings of a quick session."""
    return settings.load(["timing=quick"])


def design(seed: int = 1) -> Design:
    """Return the design of a quick session."""
    return Design(quick_settings().model_copy(update={"seed": seed}))


@cache
def full_design() -> Design:
    """Return the design of the session that is published."""
    return Design(settings.load([]))


@given(seed=st.integers(0, 2**31), number=st.integers(1, 50))
def test_a_round_has_every_turn_once_in_an_order_that_the_seed_determines(
    seed: int, number: int
) -> None:
    models, order = design(seed).models, design(seed).order(number)
    assert sorted(model for model, _ in order) == sorted(models)
    for model, environments in order:
        assert sorted(environments) == sorted(models[model])
    assert order == design(seed).order(number)


@given(number=st.integers(1, 50))
def test_compared_environments_take_turns_close_to_one_another(number: int) -> None:
    plan = full_design()
    relations = Relations.of(plan.settings.model_dump(mode="json"))
    releases = [name for name, release in relations.releases.items() if not release]
    for _, environments in plan.order(number):
        turns = {name: turn for turn, name in enumerate(environments)}
        for before, after in neighbours.pairs(environments, relations):
            distance = abs(turns[before] - turns[after])
            if {before, after} <= set(releases):
                # The order begins with any release: the last and the first one are neighbours.
                distance = min(distance, len(environments) - distance)
            assert distance <= 5, (before, after)


def test_each_of_two_neighbours_comes_first_in_half_of_the_rounds() -> None:
    plan = full_design()
    first = 0
    for number in range(50):
        for model, names in plan.order(number):
            first += model in plan.everywhere and names.index("tf-2.8") < names.index("tf-2.9")
    assert 0.4 < first / (50 * len(plan.everywhere)) < 0.6


@given(number=st.integers(1, 50))
def test_the_order_differs_between_rounds_and_seeds(number: int) -> None:
    rounds = (number, number + 1)
    orders = [str(design(seed).order(each)) for seed in (1, 2) for each in rounds]
    assert len(set(orders)) == len(orders)


FILES = st.sets(st.sampled_from(["h5", "keras", "savedmodel", "weights_h5", "checkpoint"]))


@given(files=FILES, number=st.integers(1, 9))
def test_a_turn_loads_all_saved_formats_and_ends_with_cold_loads(
    files: set[str], number: int
) -> None:
    plan, model = design(), Model("few_large", "large")
    loads = plan.loads(number, model, files)
    assert {load["format"] for load in loads} == files
    assert loads == plan.loads(number, model, files)
    cold = [load["cache"] == COLD for load in loads]
    assert cold == sorted(cold)
    assert sum(cold) == len(files)
    assert set(plan.saves(model, files)) == files
    assert plan.saves(Model("convolutional", "large"), files) == []


@given(files=FILES, number=st.integers(1, 9))
def test_the_order_of_loads_does_not_depend_on_the_saved_formats(
    files: set[str], number: int
) -> None:
    """Else the effect of earlier loads would look like a difference between environments."""
    plan, model = design(), Model("few_large", "small")
    loads = plan.loads(number, model, {"h5", "keras", "savedmodel", "weights_h5", "checkpoint"})
    assert plan.loads(number, model, files) == [load for load in loads if load["format"] in files]


def test_every_format_comes_first_in_a_turn() -> None:
    plan, files = design(), {"h5", "keras", "savedmodel"}
    model = Model("few_large", "small")
    first = {plan.loads(number, model, files)[0]["format"] for number in range(20)}
    assert first == files


def test_a_size_that_names_environments_is_timed_only_in_these() -> None:
    plan = full_design()
    assert sorted(plan.models[Model("few_large", "huge")]) == ["tf-2.15", "tf-2.21", "tf-2.4"]
    assert set(plan.models[Model("few_large", "large")]) == set(plan.environments)
    assert set(plan.models) - set(plan.everywhere) == {Model("few_large", "huge")}


def test_each_format_is_saved_from_its_first_release_on() -> None:
    plan = full_design()
    since = {"h5": 0, "keras": 13, "savedmodel": 0, "weights_h5": 0, "keras_weights_h5": 12}
    since["checkpoint"] = 0
    for name, environment in plan.environments.items():
        minor = int(environment.split(".")[1].split("-")[0])
        formats = [form for form, first in since.items() if first <= minor]
        assert plan.saved(name) == formats, name


def test_at_least_six_kinds_of_models_span_three_orders_of_magnitude() -> None:
    plan = full_design()
    assert set(plan.settings.environment) <= set(plan.environments)
    assert len(plan.settings.family) >= 6
    for name, kind in plan.settings.family.items():
        parameters = [size.parameters for size in kind.sizes.values()]
        assert len(parameters) >= 3
        assert max(parameters) / min(parameters) > 900, name


def test_a_control_is_the_same_environment_under_another_name() -> None:
    plan = full_design()
    assert plan.environments["tf-2.15-again"] == "tf-2.15"
    assert plan.slower("tf-2.15-again") == plan.slower("tf-2.15") == 0.0
    planted = Design(settings.load(["timing=control"]))
    assert planted.slower("tf-2.15-tenth") == pytest.approx(0.1)


def test_each_kind_of_model_is_a_small_module() -> None:
    folder = Path(settings.__file__).parent.parent / "families"
    for path in folder.glob("[a-z]*.py"):
        assert len(path.read_text().splitlines()) < 40, path
