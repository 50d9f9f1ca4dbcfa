"""Does a failed report end with a message, and is it built the next time?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import report_data
from support import Tree

from experiments.records import reporting
from report import __main__ as report
from report.products import timings

pytestmark = pytest.mark.whole


def test_a_run_whose_report_fails_says_so_and_builds_it_the_next_time(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.fake_releases()
    statuses, built = [1, 0], list[Path]()

    def build(data: Path, out: Path, module: str = "report") -> int:
        built.append(out)
        out.mkdir(exist_ok=True)
        return statuses[len(built) - 1]

    monkeypatch.setattr(reporting, "build", build)
    answer = tree.command("matrix")
    assert answer.status == 1, answer
    assert "There is no report. What was recorded is kept" in answer.out
    assert (tree.run().records / "cells.csv").exists()
    assert tree.command("matrix").status == 0
    assert tree.command("matrix").status == 0
    assert len(built) == 2


@pytest.mark.parametrize("form", ["file", "below a file"])
def test_a_file_in_the_way_of_the_report_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    data = report_data.write(tmp_path / "data", report_data.rows())
    taken = tmp_path / "taken"
    taken.write_text("")
    out = taken if form == "file" else taken / "report"
    assert report.main(["--data", str(data), "--out", str(out)]) == 1
    error = capsys.readouterr().err
    assert str(taken) in error
    assert "name another folder with --out" in error


@pytest.mark.parametrize("main", [report.main, timings.main])
def test_missing_data_are_another_fault(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    main: Callable[[], int],
) -> None:
    words = ["--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]
    monkeypatch.setattr("sys.argv", ["report", *words])
    assert main() == 2
    assert "nowhere" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
