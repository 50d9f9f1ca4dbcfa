"""Are the cells those of the config, each once, with an id that is a path?"""

from __future__ import annotations

from contextlib import suppress
from fnmatch import fnmatchcase
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support import configured

from experiments.config.faults import ConfigFaultsError
from experiments.config.matrix import Cell, cells, select_faults
from experiments.config.schema import Case, Config, Environment, Pairs, Scenario, Select
from results.contract.cells import APIS, WRITTEN_BY, Cause, Expected

AXES = ("scenario", "case", "format", "api", "saved_with", "loaded_with")

names = st.sampled_from(["a", "ab", "b", "dense_2", "h5", "tf-2.1", "tf-2.10", "tf-2.2", "x.y"])
formats = st.dictionaries(
    st.sampled_from(sorted(WRITTEN_BY)),
    st.lists(st.sampled_from(APIS), min_size=1, max_size=2, unique=True),
    min_size=1,
    max_size=3,
)
cases = st.builds(
    Case,
    formats=formats,
    expected=st.just(Expected.load),
    facts=st.just([]),
    saved_as=names,
    pairs=st.sampled_from([*Pairs, Pairs.all]),
)
scenarios = st.builds(
    Scenario,
    question=st.just("What happens?"),
    cause=st.just(Cause.version),
    expected=st.just(Expected.load),
    pairs=st.just(Pairs.all),
    formats=formats,
    environments=st.none() | st.lists(names, min_size=1, max_size=3),
    also=st.lists(names, max_size=2),
    cases=st.dictionaries(names, cases, min_size=1, max_size=3),
)
environments = st.builds(
    Environment,
    python=st.just("3.8"),
    requirements=st.just(["tensorflow==2.4"]),
    cutoff=st.just("2021-11-15"),
    variant_of=st.none() | names,
)
configs = st.builds(
    configured,
    environment=st.dictionaries(names, environments, min_size=1, max_size=4),
    scenario=st.dictionaries(names, scenarios, min_size=1, max_size=3),
    landmarks=st.lists(names, max_size=3),
    turns=st.lists(names, max_size=3),
).filter(lambda config: any(cell_ids(config)))
globs = st.lists(
    st.one_of(st.sampled_from(["*", "[a-m]*", "*[0-9]", "?*", "load_*", "*h5"]), names),
    min_size=1,
    max_size=3,
)
selections = st.builds(Select, **dict.fromkeys(Select.model_fields, st.just(["*"]) | globs))


def axes(cell: Cell) -> list[str]:
    return [getattr(cell, axis) for axis in AXES]


def cell_ids(config: Config) -> set[tuple[str, ...]]:
    """List the parts of the ids that the config describes, without the code under test."""
    ids: set[tuple[str, ...]] = set()
    for name, scenario in config.scenario.items():
        releases = [key for key, each in config.environment.items() if not each.variant_of]
        chosen = releases if scenario.environments is None else scenario.environments
        present = set(chosen) & set(config.environment)
        square: set[tuple[str, ...]] = set(product(present, repeat=2))
        diagonal = {pair for pair in square if len(set(pair)) == 1}
        crossing = {pair for pair in square if set(pair) <= set(config.landmarks)}
        turned = {pair for pair in diagonal if set(pair) <= {*config.turns, *scenario.also}}
        pairs: dict[Pairs, set[tuple[str, ...]]] = {
            Pairs.diagonal: diagonal,
            Pairs.turns: turned,
            Pairs.landmarks: turned | crossing,
            Pairs.all: square,
        }
        for case, content in scenario.cases.items():
            for form, apis in content.formats.items():
                for api in apis:
                    ids |= {(name, case, form, api, *pair) for pair in pairs[content.pairs]}
    return ids


@given(configs)
def test_every_selected_combination_is_one_cell(config: Config) -> None:
    combinations = [tuple(axes(cell)) for cell in cells(config)]
    assert len(combinations) == len(cell_ids(config))
    assert set(combinations) == cell_ids(config)


@given(configs)
def test_ids_are_unique_sorted_and_made_of_six_parts(config: Config) -> None:
    ids = [cell.id for cell in cells(config)]
    assert ids == sorted(set(ids))
    assert [identity.split("/") for identity in ids] == [axes(cell) for cell in cells(config)]


@given(configs)
def test_an_id_is_a_glob_that_matches_itself_alone(config: Config) -> None:
    ids = [cell.id for cell in cells(config)]
    for identity in ids[:20]:
        assert [match for match in ids if fnmatchcase(match, identity)] == [identity]


@given(configs, selections)
def test_selecting_is_filtering_by_the_parts_of_the_id(config: Config, select: Select) -> None:
    expected = [
        cell.id
        for cell in cells(config)
        if all(
            any(fnmatchcase(value, glob) for glob in getattr(select, axis))
            for axis, value in zip(AXES, axes(cell), strict=True)
        )
        and all(
            any(fnmatchcase(value, glob) for glob in select.environment)
            for value in (cell.saved_with, cell.loaded_with)
        )
        and any(fnmatchcase(cell.id, glob) for glob in select.cell)
    ]
    assume(expected)
    config.select = select
    assert [cell.id for cell in cells(config)] == expected


@given(configs, st.integers(1, 4))
def test_parts_together_have_all_cells_and_divide_no_scenario(config: Config, parts: int) -> None:
    undivided = cells(config)
    assume(parts <= len({cell.scenario for cell in undivided}))
    shards = []
    for number in range(1, parts + 1):
        config.shard = f"{number}/{parts}"
        shards.append(cells(config))
    assert sorted(cell.id for shard in shards for cell in shard) == [cell.id for cell in undivided]
    scenarios = [{cell.scenario for cell in shard} for shard in shards]
    assert sum(map(len, scenarios)) == len({cell.scenario for cell in undivided})


@given(configs, selections)
def test_a_selection_of_nothing_is_a_fault_never_an_empty_run(
    config: Config, select: Select
) -> None:
    config.select = select
    with suppress(ConfigFaultsError):
        assert cells(config)
        return
    with pytest.raises(ConfigFaultsError, match="no cell has all of this"):
        cells(config)


@given(configs)
def test_cells_share_a_save_exactly_if_they_load_one_file(config: Config) -> None:
    for first, second in product(cells(config)[:12], repeat=2):
        share = all(
            getattr(first, part) == getattr(second, part)
            for part in ("scenario", "saved_as", "format", "saved_with")
        )
        assert (first.save == second.save) is share
        assert (first.save.id == second.save.id) is share


@given(configs)
def test_a_save_is_named_after_the_call_that_writes_its_format(config: Config) -> None:
    for cell in cells(config):
        *_, form, api, saver = cell.save.id.split("/")
        assert (api, saver) == (WRITTEN_BY[form], cell.saved_with)


@given(configs, globs)
def test_exactly_the_globs_that_match_no_name_are_faults(
    config: Config, selected: list[str]
) -> None:
    config.select = Select(environment=selected, case=selected)
    names_of = {
        "environment": set(config.environment),
        "case": {cell.case for cell in cells(config.model_copy(update={"select": Select()}))},
    }
    wrong = {
        f"{key}=[{glob}]"
        for key, names in names_of.items()
        for glob in selected
        if not any(fnmatchcase(name, glob) for name in names)
    }
    assert {fault.location for fault in select_faults(config)} == wrong


@pytest.mark.parametrize(
    ("pairs", "count"),
    [(Pairs.diagonal, 3), (Pairs.turns, 2), (Pairs.landmarks, 5), (Pairs.all, 9)],
)
def test_pairs_are_each_release_with_itself_or_with_others(pairs: Pairs, count: int) -> None:
    scenario = Scenario(
        question="?",
        cause=Cause.version,
        expected=Expected.load,
        pairs=pairs,
        formats={"h5": ["load_model"]},
        also=["tf-2.4"],
        cases={"mlp": Case()},
    )
    release = Environment(python="3.8", requirements=[], cutoff="")
    releases = dict.fromkeys(("tf-2.4", "tf-2.15", "tf-2.21"), release)
    releases["tf-2.21-other"] = release.model_copy(update={"variant_of": "tf-2.21"})
    landmarks = ["tf-2.4", "tf-2.21", "tf-2.21-other"]
    turns = ["tf-2.15", "tf-2.21-other"]
    config = configured(
        landmarks=landmarks, turns=turns, environment=releases, scenario={"round_trip": scenario}
    )
    selected = cells(config)
    assert len(selected) == count
    assert {cell.saved_with for cell in selected} == {cell.loaded_with for cell in selected}
