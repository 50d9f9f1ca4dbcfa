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


def blamed(measured: Results) -> dict[str, float]:
    ending = [cell for cell in measured.cells if cell.error_family]
    ranked = by_cause(blames(measured, ending))
    return {cause: sum(blame.weight for blame in group) for cause, group in ranked.items()}


def test_a_situation_counts_by_the_share_of_its_tries(tmp_path: Path) -> None:
    often, rarely = "order/swapped/h5/load_weights", "dtype/half/h5/load_model"
    measured = results(
        tmp_path,
        load(often, OLD, OLD, cause="layer_order"),
        load(rarely, OLD, OLD),
        load(rarely, NEW, NEW, LOADS),
        load(rarely, NEW, OLD, LOADS),
        load(rarely, OLD, NEW, ("skipped", "", "no such argument")),
    )
    assert blamed(measured) == {"layer_order": 1.0, "dtype": pytest.approx(1 / 3)}


def test_a_load_that_works_within_each_release_blames_scenario_and_version_alike(
    tmp_path: Path,
) -> None:
    path = "dtype/half/h5/load_model"
    measured = results(
        tmp_path, load(path, OLD, NEW), load(path, OLD, OLD, LOADS), load(path, NEW, NEW, LOADS)
    )
    assert blamed(measured) == {"dtype": pytest.approx(1 / 6), "version": pytest.approx(1 / 6)}


@pytest.mark.parametrize("within", [FAILS, ("timeout", "", ""), None])
def test_a_load_that_fails_or_is_missing_within_a_release_does_not_blame_the_version(
    tmp_path: Path, within: report_data.Result | None
) -> None:
    path = "dtype/half/h5/load_model"
    rows = [load(path, OLD, NEW), load(path, OLD, OLD, LOADS)]
    rows += [load(path, NEW, NEW, within)] if within else []
    assert set(blamed(results(tmp_path, *rows))) == {"dtype"}


def test_an_error_of_the_plain_model_too_does_not_blame_the_scenario(tmp_path: Path) -> None:
    plain, changed = "round_trip/mlp/h5/load_model", "dtype/half/h5/load_model"
    measured = results(
        tmp_path,
        load(plain, OLD, NEW, cause="version"),
        load(changed, OLD, NEW),
        load(changed, NEW, NEW),
    )
    assert blamed(measured) == {"version": 1.0, "dtype": 0.5}


def test_a_scenario_without_a_rival_is_blamed_even_so(tmp_path: Path) -> None:
    plain, changed = "round_trip/mlp/h5/load_model", "dtype/half/h5/load_model"
    rows = load(plain, OLD, NEW, cause="version"), load(changed, OLD, NEW)
    measured = results(tmp_path, *rows)
    (only,) = blames(measured, [measured.named[f"{changed}/{OLD}/{NEW}"]])
    assert only.cause == "dtype"


def test_a_failed_save_counts_a_try_for_each_release(tmp_path: Path) -> None:
    path = "dtype/half/h5"
    failed = ("not_saved", "ValueError", FAILS[2])
    measured = results(
        tmp_path,
        cell(f"{path}/save/{OLD}", cause="dtype", result=failed, error_family="layer_count"),
        load(f"{path}/load_model", OLD, OLD, ("not_saved", "", "the save failed")),
        load(f"{path}/load_model", NEW, NEW, LOADS),
    )
    assert blamed(measured) == {"dtype": 0.5}


def test_the_most_similar_cells_weigh_most_and_come_first(tmp_path: Path) -> None:
    path = "dtype/half/h5/load_model"
    measured = results(tmp_path, load(path, OLD, OLD), load(path, NEW, NEW))
    weights = {f"{path}/{OLD}/{OLD}": 0.2, f"{path}/{NEW}/{NEW}": 1.0}
    (only,) = blames(measured, measured.cells, weights)
    assert only.weight == pytest.approx(0.6)
    assert [cell.loaded_with for cell in only.cells] == [NEW, OLD]
    assert only.tries == 2


def test_a_likelihood_is_a_share_of_all_weights() -> None:
    first, second = (
        Blame(name, name, "", weight, 1, ()) for name, weight in (("a", 3.0), ("b", 1.0))
    )
    assert likely([first], [first, second]) == "75\N{NO-BREAK SPACE}%"
