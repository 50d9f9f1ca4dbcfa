"""Is the blame where the cells say it is: with the scenario, the pair of releases, or both?"""

from __future__ import annotations

from pathlib import Path

import pytest
import report_data
from report_data import cell

from report.answers.blames import Blame, blames, by_cause, likely
from report.read.cells import Results, read

OLD, NEW = "tf-2.3", "tf-2.9"
FAILS = ("error", "ValueError", "3 layers into a model with 2 layers")
LOADS = ("equal", "", "")


def results(folder: Path, *rows: report_data.Row) -> Results:
    return read(report_data.write(folder, list(rows), (OLD, NEW)))


def load(
    path: str, saver: str, loader: str, result: report_data.Result = FAILS, cause: str = "dtype"
) -> report_data.Row:
    family = "layer_count" if result == FAILS else ""
    return cell(f"{path}/{saver}/{loader}", cause=cause, result=result, error_family=family)


def blamed(found: Results) -> dict[str, float]:
    ending = [one for one in found.cells if one.error_family]
    ranked = by_cause(blames(found, ending))
    return {cause: sum(one.weight for one in some) for cause, some in ranked.items()}


def test_a_situation_counts_by_the_share_of_its_tries(tmp_path: Path) -> None:
    often, rarely = "order/swapped/h5/load_weights", "dtype/half/h5/load_model"
    found = results(
        tmp_path,
        load(often, OLD, OLD, cause="layer_order"),
        load(rarely, OLD, OLD),
        load(rarely, NEW, NEW, LOADS),
        load(rarely, NEW, OLD, LOADS),
        load(rarely, OLD, NEW, ("skipped", "", "no such argument")),
    )
    assert blamed(found) == {"layer_order": 1.0, "dtype": pytest.approx(1 / 3)}


def test_what_goes_well_within_each_release_shares_the_blame_with_there_being_two(
    tmp_path: Path,
) -> None:
    path = "dtype/half/h5/load_model"
    found = results(
        tmp_path, load(path, OLD, NEW), load(path, OLD, OLD, LOADS), load(path, NEW, NEW, LOADS)
    )
    assert blamed(found) == {"dtype": pytest.approx(1 / 6), "version": pytest.approx(1 / 6)}


@pytest.mark.parametrize("own", [FAILS, ("timeout", "", ""), None])
def test_what_fails_within_a_release_or_was_not_tried_there_is_not_for_the_version(
    tmp_path: Path, own: report_data.Result | None
) -> None:
    path = "dtype/half/h5/load_model"
    rows = [load(path, OLD, NEW), load(path, OLD, OLD, LOADS)]
    rows += [load(path, NEW, NEW, own)] if own else []
    assert set(blamed(results(tmp_path, *rows))) == {"dtype"}


def test_what_the_plain_model_ends_in_too_says_nothing_of_the_scenario(tmp_path: Path) -> None:
    plain, other = "round_trip/mlp/h5/load_model", "dtype/half/h5/load_model"
    found = results(
        tmp_path,
        load(plain, OLD, NEW, cause="version"),
        load(other, OLD, NEW),
        load(other, NEW, NEW),
    )
    assert blamed(found) == {"version": 1.0, "dtype": 0.5}


def test_without_anything_else_the_scenario_is_told_all_the_same(tmp_path: Path) -> None:
    plain, other = "round_trip/mlp/h5/load_model", "dtype/half/h5/load_model"
    rows = load(plain, OLD, NEW, cause="version"), load(other, OLD, NEW)
    found = results(tmp_path, *rows)
    (only,) = blames(found, [found.named[f"{other}/{OLD}/{NEW}"]])
    assert only.cause == "dtype"


def test_of_saves_the_tries_are_all_releases_that_were_asked(tmp_path: Path) -> None:
    path = "dtype/half/h5"
    failed = ("not_saved", "ValueError", FAILS[2])
    found = results(
        tmp_path,
        cell(f"{path}/save/{OLD}", cause="dtype", result=failed, error_family="layer_count"),
        load(f"{path}/load_model", OLD, OLD, ("not_saved", "", "the save failed")),
        load(f"{path}/load_model", NEW, NEW, LOADS),
    )
    assert blamed(found) == {"dtype": 0.5}


def test_the_likest_cells_tell_most_and_stand_first(tmp_path: Path) -> None:
    path = "dtype/half/h5/load_model"
    found = results(tmp_path, load(path, OLD, OLD), load(path, NEW, NEW))
    weights = {f"{path}/{OLD}/{OLD}": 0.2, f"{path}/{NEW}/{NEW}": 1.0}
    (only,) = blames(found, found.cells, weights)
    assert only.weight == pytest.approx(0.6)
    assert [one.loaded_with for one in only.cells] == [NEW, OLD]
    assert only.tries == 2


def test_how_likely_is_told_of_the_whole() -> None:
    one, two = (Blame(name, name, "", weight, 1, ()) for name, weight in (("a", 3.0), ("b", 1.0)))
    assert likely([one], [one, two]) == "75\N{NO-BREAK SPACE}%"
