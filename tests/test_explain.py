"""Does a pasted error lead to its causes, and bad input to a fault with the next step?"""

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


def answered(results: Results, text: str) -> str:
    return "\n".join(explain(results, parsed(text)))


def test_a_message_with_other_numbers_is_known(results: Results) -> None:
    answer = answered(results, "ValueError: " + COUNT.format(189, 16))
    assert answer.startswith("ValueError: You are trying to load a weight file")
    assert "Raised by TensorFlow 2.3" in answer


def test_causes_are_ranked_by_their_cases_not_by_their_number_of_savers(
    results: Results,
) -> None:
    answer = answered(results, COUNT.format(1, 2))
    assert answer.index("%  missing layer\n") < answer.index("%  version\n")
    assert "67\N{NO-BREAK SPACE}%  missing layer" in answer


def test_an_entry_of_the_index_is_shown_with_its_measured_ways_out(tmp_path: Path) -> None:
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
    answer = answered(read(report_data.write(tmp_path, rows, error=index)), COUNT.format(7, 8))
    assert "layer_count: The file has another number of layers." in answer
    assert "Check first: Count the layers." in answer
    assert "Save in the new format. (works in 1 of 1 loads, with 2.9)" in answer
    assert "Ask the author. (not tried)" in answer


def test_an_answer_names_the_savers_and_the_loaders(results: Results) -> None:
    assert "TensorFlow 2.9–2.15 → 2.3" in answered(results, COUNT.format(1, 2))


def test_the_shown_cells_have_different_cases(results: Results) -> None:
    answer = answered(results, COUNT.format(1, 2))
    assert "missing_layer/front/" in answer
    assert "missing_layer/end/" in answer


def test_a_right_rejection_is_called_right(results: Results) -> None:
    assert SENTENCES["rejected"] in answered(results, SHAPES)
    assert SENTENCES["rejected"] not in answered(results, COUNT.format(1, 2))


def test_an_unknown_message_gets_the_nearest_messages(results: Results) -> None:
    answer = answered(results, "ValueError: You are trying to boil an egg of incompatible size")
    assert answer.startswith(SENTENCES["unknown"])
    assert SENTENCES["nearest"] in answer


def test_a_text_without_a_known_word_has_no_nearest_message(results: Results) -> None:
    assert answered(results, "quantum flux") == SENTENCES["unknown"]


def test_a_class_alone_is_no_message(results: Results) -> None:
    assert "No measured" in answered(results, "ValueError: 12")


def test_a_message_of_a_quotation_alone_is_found_by_the_quotation(results: Results) -> None:
    assert answered(results, "KeyError: 'model_config'").startswith("KeyError: 'model_config'")
    assert answered(results, "KeyError: 'something_else'").startswith("No measured")


def test_the_message_of_a_traceback_is_the_message_of_its_last_exception() -> None:
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
    messages = {
        (cell.error_type, cell.error_message): cell
        for cell in results.cells
        if cell.error_type and re.search("[a-z]{2}", cell.error_message)
    }
    assert len(messages) > 100
    lost = []
    for (error, message), cell in messages.items():
        matches = index.matches(parsed(f"{error}: {message}"))
        met = {match_cell.error_message for match in matches for match_cell in match.cells}
        if message not in met:
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
def test_input_without_text_is_refused_with_the_next_step(raw: bytes, fault: str) -> None:
    with pytest.raises(NoText, match=fault) as caught:
        decoded(raw)
    assert "Give the error as it was printed." in str(caught.value)


def test_the_end_of_a_huge_text_is_read() -> None:
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


def test_bad_input_ends_with_status_2_and_one_line(
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
        output = capsys.readouterr()
        assert output.out == ""
        assert output.err.count("\n") == 1


def test_the_command_of_the_readme_knows_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    (words,) = (shlex.split(line)[4:] for line in LINES if line.startswith("nox -s explain"))
    assert main(["--data", str(PUBLISHED), *words]) == 0
    assert "Causes." in capsys.readouterr().out
