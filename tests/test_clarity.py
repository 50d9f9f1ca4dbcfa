"""Is what a message names counted right, and told where it became more or less?"""

from __future__ import annotations

from pathlib import Path

import report_data
from report_data import cell

from report.findings.clarity import best_and_worst, by_release, families, turns
from report.read.cells import Results, read

RELEASES = ("tf-2.3", "tf-2.9", "tf-2.10")
SILENT = ("different", "", "weights")


def results(folder: Path, named: dict[str, str], **more: str) -> Results:
    """Return errors about three facts, of which each release names so many, in five cases."""
    rows = [
        cell(
            f"layer_size/case_{number}/h5/load_weights/{release}/{release}",
            result=("error", "ValueError", f"{count} named"),
            facts_expected="3",
            facts_named=count,
            error_family=f"family_{count}",
            **more,
        )
        for release, count in named.items()
        for number in range(5)
    ]
    rows.append(cell("layer_size/s/h5/load_weights/tf-2.3/tf-2.3", result=SILENT))
    return read(report_data.write(folder, rows, RELEASES))


def test_only_errors_about_declared_facts_count(tmp_path: Path) -> None:
    found = by_release(results(tmp_path, {"tf-2.3": "1", "tf-2.9": "3"}))
    assert [(label, one.messages, one.named, one.wanted) for label, one in found] == [
        ("2.3", 5, 5, 15),
        ("2.9", 5, 15, 15),
    ]


def test_the_best_name_everything_and_the_worst_the_least(tmp_path: Path) -> None:
    found = families(results(tmp_path, {"tf-2.3": "0", "tf-2.9": "3", "tf-2.10": "1"}))
    best, worst = best_and_worst(found)
    assert [one.name for one in best] == ["family_3"]
    assert [one.name for one in worst] == ["family_0", "family_1"]


def test_a_release_that_names_fewer_is_told_with_where(tmp_path: Path) -> None:
    found = turns(results(tmp_path, {"tf-2.3": "2", "tf-2.9": "0", "tf-2.10": "3"}))
    assert [(one.release, one.better, one.messages) for one in found] == [
        ("tf-2.9", False, 5),
        ("tf-2.10", True, 5),
    ]
    assert found[0].where.startswith("`layer_size`: `case_0`")
    assert (found[0].was, found[0].now) == ("family_2", "family_0")


def test_as_many_facts_in_other_words_are_no_change(tmp_path: Path) -> None:
    assert turns(results(tmp_path, {"tf-2.3": "2", "tf-2.9": "2"})) == []
