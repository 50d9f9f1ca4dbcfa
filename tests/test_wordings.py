"""Is a message explained that only loads of damaged files have?"""

from __future__ import annotations

import pandas as pd
import pytest
import report_data

from report.answers.damaged import LOOK, Wording, messages_of_damaged_files, occurrence
from report.answers.explain import explain
from report.answers.search import parsed
from report.read.cells import Results, read
from report.read.corruption import Corruption

TEXT = "'utf-8' codec can't decode byte 0x{:x} in position {}: invalid start byte"
INDEX = {"count": {"pattern": "layers", "says": "Another number.", "check": "Count them."}}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    failed = report_data.cell(
        "missing_layer/front/h5/load_weights/tf-2.3/tf-2.3",
        cause="missing_layer",
        expected="refuse",
        result=("error", "ValueError", "3 layers"),
    )
    folder = tmp_path_factory.mktemp("published")
    rows = [failed | {"error_family": "count"}]
    return read(report_data.write(folder, rows, error=INDEX))


def file(
    end: str, family: str, message: str, form: str = "h5", environment: str = "tf-2.9"
) -> dict[str, str]:
    return {
        "format": form,
        "environment": environment,
        "end": end,
        "error_type": "builtins.UnicodeDecodeError",
        "error_message": message,
        "error_family": family,
    }


def corruption_of(*files: dict[str, str]) -> Corruption:
    return Corruption(pd.DataFrame(), pd.DataFrame(files), {}, {})


@pytest.fixture(scope="module")
def damaged() -> Corruption:
    return corruption_of(
        file("refused_misleading", "other", TEXT.format(0x80, 3)),
        file("refused_misleading", "other", TEXT.format(0xFF, 12), "keras", "tf-2.10"),
        file("refused_misleading", "count", "4 layers"),
        file("refused_damaged", "rare", "no cell ends so"),
        file("crash", "other", "died"),
        file("right", "", ""),
    )


def test_only_messages_unlike_those_of_cells_count(results: Results, damaged: Corruption) -> None:
    most, least = messages_of_damaged_files(results, damaged)
    assert (most.files, most.formats) == (2, ("h5", "keras"))
    assert most.environments == ("tf-2.10", "tf-2.9")
    assert (least.files, least.error_message) == (1, "no cell ends so")


def test_no_campaign_gives_no_messages(results: Results) -> None:
    assert messages_of_damaged_files(results, None) == []


def test_a_message_names_its_files_formats_and_releases(
    results: Results, damaged: Corruption
) -> None:
    most, least = messages_of_damaged_files(results, damaged)
    expected = "2 damaged files ended with it: h5, keras, in TensorFlow 2.9\N{EN DASH}2.10."
    assert occurrence(results, most) == expected
    assert occurrence(results, least).startswith("1 damaged file ended with it: h5, in ")


def test_a_message_of_damaged_files_alone_is_explained(
    results: Results, damaged: Corruption
) -> None:
    error = parsed("UnicodeDecodeError: " + TEXT.format(0xC3, 0))
    first, message, files, look = explain(
        results, error, lambda: messages_of_damaged_files(results, damaged)
    )
    assert first == "No measured cell ended with this message, but loads of damaged files did."
    assert message.strip() == "UnicodeDecodeError: " + TEXT.format(0x80, 3)
    assert files.strip().startswith("2 damaged files")
    assert look == f"Check first: {LOOK}"


def test_the_answer_of_cells_comes_first(results: Results) -> None:
    wordings = [Wording("ValueError", "3 layers", 9, ("h5",), ("tf-2.3",))]
    answer = "\n".join(explain(results, parsed("ValueError: 5 layers"), lambda: wordings))
    assert "Count them." in answer
    assert "damaged" not in answer


def test_a_message_of_no_cell_and_no_damaged_file_is_unknown(
    results: Results, damaged: Corruption
) -> None:
    error = parsed("UnicodeDecodeError: boil an egg of a hen")
    first, *_ = explain(results, error, lambda: messages_of_damaged_files(results, damaged))
    assert first == "No measured load or save ended with this message."
