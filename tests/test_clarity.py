"""Does the report count the facts that messages name, and find the releases that changed them?"""

from __future__ import annotations

from pathlib import Path

import report_data
from report_data import cell

from report.findings.clarity import best_and_worst, by_release, messages, turns
from report.read.cells import Results, read

RELEASES = ("tf-2.3", "tf-2.9", "tf-2.10")
SILENT = ("different", "", "weights")


def results(folder: Path, named: dict[str, str], **columns: str) -> Results:
    """Return errors about three facts in five cases; `named` counts the named facts by release."""
    rows = [
        cell(
            f"layer_size/case_{number}/h5/load_weights/{release}/{release}",
            result=("error", "ValueError", f"{count} named"),
            facts_expected="3",
            facts_named=count,
            error_family=f"family_{count}",
            **columns,
        )
        for release, count in named.items()
        for number in range(5)
    ]
    rows.append(cell("layer_size/s/h5/load_weights/tf-2.3/tf-2.3", result=SILENT))
    return read(report_data.write(folder, rows, RELEASES))


def test_only_errors_about_declared_facts_count(tmp_path: Path) -> None:
    counted = by_release(results(tmp_path, {"tf-2.3": "1", "tf-2.9": "3"}))
    assert [(label, count.messages, count.named, count.declared) for label, count in counted] == [
        ("2.3", 5, 5, 15),
        ("2.9", 5, 15, 15),
    ]


def test_the_clearest_messages_name_every_fact(
    tmp_path: Path,
) -> None:
    ranked = messages(results(tmp_path, {"tf-2.3": "0", "tf-2.9": "3", "tf-2.10": "1"}))
    best, worst = best_and_worst(ranked)
    assert [message.name for message in best] == ["family_3"]
    assert [message.name for message in worst] == ["family_0", "family_1"]


def test_a_release_that_names_fewer_facts_is_found_with_its_cases(tmp_path: Path) -> None:
    changed = turns(results(tmp_path, {"tf-2.3": "2", "tf-2.9": "0", "tf-2.10": "3"}))
    assert [(turn.release, turn.better, turn.messages) for turn in changed] == [
        ("tf-2.9", False, 5),
        ("tf-2.10", True, 5),
    ]
    assert changed[0].scenarios.startswith("`layer_size`: `case_0`")
    assert (changed[0].before, changed[0].after) == ("family_2", "family_0")


def test_another_message_with_as_many_facts_is_no_change(tmp_path: Path) -> None:
    assert turns(results(tmp_path, {"tf-2.3": "2", "tf-2.9": "2"})) == []
