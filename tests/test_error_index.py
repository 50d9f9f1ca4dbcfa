"""Does a message find its entry in the error index, also inside other messages?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.error_index import OTHER, ErrorIndex

INDEX = ErrorIndex(
    {
        "not_deserialized": r"Error when deserializing class",
        "argument_unknown": r"Unrecognized keyword arguments passed to \w+",
        "argument_unknown_lstm": r"Unrecognized keyword arguments passed to LSTM",
        "marshal": r"^ValueError: bad marshal data",
    }
)
WRAPPED = (
    "Error when deserializing class 'LSTM' using config={}.\n\n"
    "Exception encountered: Unrecognized keyword arguments passed to {}: {'time_major': False}"
)


@pytest.mark.parametrize(
    ("error", "message", "entry"),
    [
        ("TypeError", "Error when deserializing class 'Dense' using config={}", "not_deserialized"),
        ("TypeError", WRAPPED.replace("{}", "GRU"), "argument_unknown"),
        ("TypeError", WRAPPED.replace("{}", "LSTM"), "argument_unknown_lstm"),
        ("ValueError", "bad marshal data (unknown type code)", "marshal"),
        ("builtins.ValueError", "bad marshal data (unknown type code)", "marshal"),
        ("TypeError", "bad marshal data (unknown type code)", OTHER),
        ("", "did not end within 12 s of CPU time", OTHER),
        ("", "", ""),
    ],
)
def test_the_innermost_and_then_the_longest_pattern_decides(
    error: str, message: str, entry: str
) -> None:
    assert INDEX.entry(error, message) == entry


def test_an_end_without_an_exception_can_have_an_entry() -> None:
    index = ErrorIndex({"time_limit": r"^limit: did not end within"})
    assert index.entry("", "did not end within 12 s of CPU time") == "time_limit"


@given(st.text(), st.text())
def test_every_error_has_one_entry(error: str, message: str) -> None:
    assert bool(INDEX.entry(error, message)) is bool(error or message)
