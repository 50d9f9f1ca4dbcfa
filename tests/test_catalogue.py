"""Is the published catalogue complete: messages, ways out, reports, claims?"""

from __future__ import annotations

from collections import Counter

import pytest

from experiments.config.schema import ROOT
from report.answers.errors import entries
from report.answers.explain import causes
from report.answers.reported import Reported, reported
from report.answers.search import parsed
from report.findings.claims import verdicts
from report.read.cells import Results, read
from results.contract.cells import CALLS
from results.error_index import OTHER, ErrorIndex

pytestmark = pytest.mark.whole
SEED = "the answer this project grew from"


@pytest.fixture(scope="module")
def results() -> Results:
    return read(ROOT / "results" / "published")


@pytest.fixture(scope="module")
def shown(results: Results) -> list[Reported]:
    return reported(results)


def test_scenarios_and_cases_are_as_many_as_the_catalogue_promises(results: Results) -> None:
    cases = {(cell.scenario, cell.case) for cell in results.loads}
    assert len({scenario for scenario, _ in cases}) >= 40
    assert len(cases) >= 250


def test_every_error_has_an_entry_and_hardly_any_is_in_the_catch_all(results: Results) -> None:
    failed = [cell for cell in results.cells if cell.error_message or cell.error_type]
    assert all(cell.error_family for cell in failed)
    assert sum(cell.error_family == OTHER for cell in failed) <= 0.02 * len(failed)
    declared = set(results.declared("error")) | {OTHER}
    assert {cell.error_family for cell in failed} <= declared


def test_a_message_belongs_to_the_entry_that_its_words_match(results: Results) -> None:
    patterns = {name: entry["pattern"] for name, entry in results.declared("error").items()}
    index = ErrorIndex(patterns)
    wrong = {
        cell.cell
        for cell in results.cells
        if index.entry(cell.error_type, cell.error_message) != cell.error_family
    }
    assert not wrong


def test_every_entry_of_the_index_has_cells(results: Results) -> None:
    met = {entry.name for entry in entries(results)}
    assert set(results.declared("error")) <= met


def test_every_way_out_with_cells_was_tried(results: Results) -> None:
    untried = [
        (entry.name, way_out.do)
        for entry in entries(results)
        for way_out, declared in zip(
            entry.ways_out,
            results.declared("error").get(entry.name, {}).get("remedies", ()),
            strict=True,
        )
        if declared["cells"] and not way_out.tried
    ]
    assert untried == []


def test_a_report_has_either_a_cell_or_a_reason_for_none(
    results: Results, shown: list[Reported]
) -> None:
    assert len(shown) >= 110
    assert all(bool(report.cell) is not bool(report.cannot) for report in shown)
    possible = [report for report in shown if not report.cannot]
    assert sum(bool(report.cell) for report in possible) >= 0.9 * len(possible)


def test_the_message_of_a_cell_is_like_the_reported_error(
    results: Results, shown: list[Reported]
) -> None:
    similarities = [(report.name, report.alike) for report in shown if report.alike is not None]
    unlike = [(name, similarity) for name, similarity in similarities if similarity < 0.6]
    assert len(unlike) <= 0.1 * len(shown), unlike


def test_explain_finds_the_causes_of_the_reports(results: Results, shown: list[Reported]) -> None:
    """Rank the declared causes of each report among the causes that `explain` names.

    `explain` may also say that it does not know a failure that no cell reproduces.
    """
    ranks = [rank(results, report) for report in shown if report.said]
    assert sum(number == 0 for number in ranks) >= 0.85 * len(ranks), Counter(ranks)
    assert sum(number < 3 for number in ranks) >= 0.95 * len(ranks), Counter(ranks)


def rank(results: Results, report: Reported) -> int:
    ranked = [*causes(results, parsed(report.said))]
    if report.cannot and not ranked:
        return 0
    return min((ranked.index(cause) for cause in report.causes if cause in ranked), default=99)


def test_no_plain_model_is_different_within_a_release(results: Results) -> None:
    """An unchanged model comes back the same in every format."""
    loads = [cell for cell in results.scenarios["round_trip"] if cell.diagonal and not cell.is_save]
    assert {cell.loaded_with for cell in loads} >= set(results.releases.ids)
    assert {cell.format for cell in loads if cell.outcome == "equal"} == set(CALLS)
    assert [cell.cell for cell in loads if cell.outcome == "different"] == []


def test_every_claim_of_the_seed_is_judged(results: Results) -> None:
    judged = verdicts(results)
    assert sum(claim.source == SEED for claim in judged) >= 20
    unmeasured = [claim for claim in judged if claim.verdict == "not measured"]
    assert [claim.name for claim in unmeasured if not claim.cannot] == []
