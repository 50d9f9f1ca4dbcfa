"""Is a claim judged by its measured cells alone, release by release?"""

from __future__ import annotations

from pathlib import Path

import pytest
import report_data
from report_data import cell

from report.findings.claims import Verdict, verdicts
from report.read.cells import read

ERROR = ("error", "ValueError", "Shapes (10, 32) and (10, 64) are incompatible")
OTHER = ("error", "ValueError", "Something else")
EQUAL = report_data.EQUAL
RELEASES = ("tf-2.3", "tf-2.9", "tf-2.10", "tf-2.16")
CLAIM = {
    "source": "an answer",
    "claim": "The message names a mismatch of shapes.",
    "cells": ["layer_size/*/h5/*/*/*"],
    "holds": {"outcome": "error", "error_message": ".*[Ss]hape.*"},
}


def judged(folder: Path, results: dict[str, list[report_data.Result]], **claim: object) -> Verdict:
    """Judge the claim by the results of each release, one for each case."""
    rows = [
        cell(f"layer_size/case_{number}/h5/load_weights/{release}/{release}", result=result)
        for release, outcomes in results.items()
        for number, result in enumerate(outcomes)
    ]
    data = report_data.write(folder, rows, tuple(results), claim={"shapes": CLAIM | claim})
    (verdict,) = verdicts(read(data))
    return verdict


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([[ERROR], [ERROR], [ERROR], [ERROR]], "holds"),
        ([[OTHER], [EQUAL], [OTHER], [EQUAL]], "fails"),
        ([[ERROR], [ERROR], [OTHER], [OTHER]], "holds in 2.3–2.9 · fails in 2.10–2.16"),
        ([[ERROR, OTHER], [ERROR], [ERROR], [ERROR]], "partly in 2.3 · holds in 2.9–2.16"),
        ([[ERROR], [OTHER], [ERROR], [ERROR]], "holds in 2.3, 2.10–2.16 · fails in 2.9"),
    ],
)
def test_a_verdict_names_the_releases(
    tmp_path: Path, results: list[list[report_data.Result]], verdict: str
) -> None:
    claim = judged(tmp_path, dict(zip(RELEASES, results, strict=True)))
    assert claim.verdict == verdict
    assert claim.cells == sum(map(len, results))
    assert bool(claim.counter) is (verdict != "holds")


def test_a_skipped_cell_judges_nothing(tmp_path: Path) -> None:
    skipped = ("skipped", "", "there is no such argument")
    claim = judged(tmp_path, {"tf-2.3": [skipped], "tf-2.9": [ERROR]})
    assert (claim.verdict, claim.cells) == ("holds", 1)
    assert judged(tmp_path, {"tf-2.3": [skipped]}).verdict == "not measured"


def test_a_pattern_has_to_match_all_of_a_column(tmp_path: Path) -> None:
    assert judged(tmp_path, {"tf-2.3": [ERROR]}, holds={"outcome": "err"}).verdict == "fails"


def test_a_claim_about_other_cells_is_not_measured(tmp_path: Path) -> None:
    claim = judged(tmp_path, {"tf-2.3": [ERROR]}, cells=["layer_size/*/keras/*/*/*"])
    assert (claim.verdict, claim.cells) == ("not measured", 0)


def test_a_possibility_holds_where_a_cell_shows_it(tmp_path: Path) -> None:
    claim = judged(tmp_path, {"tf-2.3": [ERROR, EQUAL], "tf-2.9": [EQUAL]}, some=True)
    assert claim.verdict == "holds in 2.3 · fails in 2.9"


def test_a_failed_save_judges_a_claim_about_saving(tmp_path: Path) -> None:
    unsaved = ("not_saved", "", "the save failed: ValueError: No.")
    results = {"tf-2.3": [unsaved], "tf-2.9": [EQUAL]}
    assert judged(tmp_path, results, holds={"outcome": "error"}).verdict == "fails"
    claim = judged(tmp_path, results, holds={"outcome": "error|not_saved"})
    assert claim.verdict == "holds in 2.3 · fails in 2.9"
