"""Does a pasted error lead to what causes it, and bad input to a fault that says what to do?"""

from __future__ import annotations

import io
import re
import shlex
import sys
from pathlib import Path

import pytest
import report_data
from hypothesis import given
from hypothesis import strategies as st
from test_readme import LINES

from experiments.config.schema import ROOT
from report.answers.explain import LONGEST, NoText, decoded, explain, main
from report.answers.search import Index, PastedError, parsed
from report.answers.sentences import SENTENCES
from report.read.cells import Cell, Results, read

PUBLISHED = ROOT / "results" / "published"
SHAPES = "Shapes (10, 64) and (10, 32) are incompatible"
COUNT = "You are trying to load a weight file containing {} layers into a model with {} layers."


def failed(name: str, cause: str, error: str, message: str) -> report_data.Row:
    return report_data.cell(name, cause=cause, expected="refuse", result=("error", error, message))


ROWS = [
    failed(
        "layer_size/units/h5/load_weights/tf-2.3/tf-2.3", "layer_parameters", "ValueError", SHAPES
    ),
    failed(
        "missing_layer/front/h5/load_weights/tf-2.3/tf-2.3",
        "missing_layer",
        "ValueError",
        COUNT.format(3, 2),
    ),
    failed(
        "missing_layer/end/h5/load_weights/tf-2.9/tf-2.9",
        "missing_layer",
        "ValueError",
        COUNT.format(3, 4),
    ),
    *(
        report_data.cell(
            f"round_trip/mlp/h5/load_model/{saver}/tf-2.3",
            cause="version",
            result=("error", "ValueError", COUNT.format(5, 4)),
        )
        for saver in ("tf-2.9", "tf-2.10", "tf-2.15")
    ),
    failed(
        "bad_path/missing/h5/load_model/tf-2.9/tf-2.9", "bad_path", "KeyError", "'model_config'"
    ),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_data.write(tmp_path_factory.mktemp("published"), ROWS)


@pytest.fixture(scope="module")
def results(data: Path) -> Results:
    return read(data)


def said(results: Results, text: str) -> str:
    return "\n".join(explain(results, parsed(text)))


def test_numbers_and_names_do_not_keep_a_message_from_being_known(results: Results) -> None:
    answer = said(results, "ValueError: " + COUNT.format(189, 16))
    assert answer.startswith("ValueError: You are trying to load a weight file")
    assert "Raised by TensorFlow 2.3" in answer


def test_causes_are_ranked_by_what_ends_so_not_by_how_many_savers_meet_in_one(
    results: Results,
) -> None:
    answer = said(results, COUNT.format(1, 2))
    assert answer.index("%  missing layer\n") < answer.index("%  version\n")
    assert "67\N{NO-BREAK SPACE}%  missing layer" in answer


def test_an_entry_of_the_index_is_found_told_and_its_remedy_measured(tmp_path: Path) -> None:
    rows = [
        row | {"error_family": "layer_count"}
        for row in ROWS
        if "layers into" in row["error_message"]
    ]
    rows.append(report_data.cell("missing_layer/front/keras/load_weights/tf-2.9/tf-2.9"))
    remedy = {"do": "Save in the new format.", "cells": ["missing_layer/*/keras/*/*/*"]}
    untried = {"do": "Ask the author.", "cells": []}
    index = {
        "layer_count": {
            "pattern": r"weight file containing \d+ layers",
            "says": "The file has another number of layers.",
            "check": "Count the layers.",
            "remedies": [remedy, untried],
        }
    }
    answer = said(read(report_data.write(tmp_path, rows, error=index)), COUNT.format(7, 8))
    assert "layer_count: The file has another number of layers." in answer
    assert "Check first: Count the layers." in answer
    assert "Save in the new format. (works in 1 of 1 loads, with 2.9)" in answer
    assert "Ask the author. (not tried)" in answer


def test_the_releases_are_told_that_saved_and_that_load(results: Results) -> None:
    assert "TensorFlow 2.9–2.15 → 2.3" in said(results, COUNT.format(1, 2))


def test_cells_to_look_at_are_of_different_cases(results: Results) -> None:
    answer = said(results, COUNT.format(1, 2))
    assert "missing_layer/front/" in answer
    assert "missing_layer/end/" in answer


def test_what_should_be_refused_is_said_to_be_right(results: Results) -> None:
    assert SENTENCES["rejected"] in said(results, SHAPES)
    assert SENTENCES["rejected"] not in said(results, COUNT.format(1, 2))


def test_a_message_that_is_not_known_says_so_and_shows_the_nearest(results: Results) -> None:
    answer = said(results, "ValueError: You are trying to boil an egg of incompatible size")
    assert answer.startswith(SENTENCES["unknown"])
    assert SENTENCES["nearest"] in answer


def test_nothing_in_common_has_no_nearest(results: Results) -> None:
    assert said(results, "quantum flux") == SENTENCES["unknown"]


def test_a_class_alone_is_no_message(results: Results) -> None:
    assert "No measured" in said(results, "ValueError: 12")


def test_a_message_that_is_but_a_quotation_is_found_by_it(results: Results) -> None:
    assert said(results, "KeyError: 'model_config'").startswith("KeyError: 'model_config'")
    assert said(results, "KeyError: 'something_else'").startswith("No measured")


def test_the_message_of_a_traceback_is_that_of_its_last_exception() -> None:
    text = f"""Traceback (most recent call last):
  File "train.py", line 3, in <module>
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "train.py", line 5, in <module>
tensorflow.python.framework.errors_impl.NotFoundError: {SHAPES}
second line
"""
    assert parsed(text) == PastedError("NotFoundError", f"{SHAPES}\nsecond line")


@given(st.text())
def test_no_text_breaks_the_search(text: str) -> None:
    assert Index[Cell](()).nearest(parsed(text)) == []


@pytest.mark.whole
def test_every_published_message_finds_its_own_wording() -> None:
    results = read(PUBLISHED)
    index = Index(results.cells)
    asked = {
        (cell.error_type, cell.error_message): cell
        for cell in results.cells
        if cell.error_type and re.search("[a-z]{2}", cell.error_message)
    }
    assert len(asked) > 100
    lost = []
    for (error, message), cell in asked.items():
        known = index.matches(parsed(f"{error}: {message}"))
        if not any(one.error_message == message for match in known for one in match.cells):
            lost.append(cell.cell)
    assert lost == []


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", "no word"),
        (b" \n\t", "no word"),
        (b"123 (4, 5)", "no word"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not text"),
        (b"Error\0: text", "binary"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_give_instead(raw: bytes, fault: str) -> None:
    with pytest.raises(NoText, match=fault) as caught:
        decoded(raw)
    assert "Give the error as it was printed." in str(caught.value)


def test_of_a_huge_text_the_end_is_read() -> None:
    text = decoded("é".encode() * LONGEST + b"\nValueError: at the end")
    assert len(text) <= LONGEST
    assert parsed(text) == PastedError("ValueError", "at the end")


def test_text_comes_from_words_a_file_or_standard_input(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "error.txt").write_text(SHAPES)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SHAPES.encode())))
    answers = []
    for words in (["--file", str(tmp_path / "error.txt")], SHAPES.split(), []):
        assert main(["--data", str(data), *words]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1] == answers[2] != ""


def test_bad_input_is_told_with_status_2(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nothing").write_bytes(b"")
    for words in (
        ["--file", str(tmp_path / "nothing")],
        ["--file", str(tmp_path)],
        ["--file", str(tmp_path / "missing")],
        ["--data", str(tmp_path / "missing"), "--", SHAPES],
        ["12"],
    ):
        assert main(["--data", str(data), *words]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1


def test_the_command_of_the_readme_knows_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    (words,) = (shlex.split(line)[4:] for line in LINES if line.startswith("nox -s explain"))
    assert main(["--data", str(PUBLISHED), *words]) == 0
    assert "Causes." in capsys.readouterr().out
