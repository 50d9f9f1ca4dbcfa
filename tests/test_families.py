"""Do messages that say the same thing share a family, whatever they say it of?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.families import WORDS, family

SHAPES = "Cannot assign value to variable '{name}': Shape mismatch. The variable shape {shape}"
names = st.from_regex(r"[a-z]+(_[0-9]+)?/[a-z]+:0", fullmatch=True)
shapes = st.lists(st.integers(1, 999), min_size=1, max_size=4).map(lambda sizes: f"{tuple(sizes)}")


@given(names, shapes, names, shapes)
def test_names_and_shapes_do_not_make_a_family(a: str, b: str, c: str, d: str) -> None:
    first = family("ValueError", SHAPES.format(name=a, shape=b))
    assert first == family("ValueError", SHAPES.format(name=c, shape=d))


@pytest.mark.parametrize(
    ("error_type", "message", "expected"),
    [
        ("", "", ""),
        ("ValueError", "", "valueerror"),
        ("ValueError", "Unknown layer: Sine", "valueerror-unknown-layer-sine"),
        (
            "tensorflow.python.framework.errors_impl.NotFoundError",
            "Unsuccessful TensorSliceReader constructor: Failed to find /tmp/x.index",
            "notfounderror-unsuccessful-tensorslicereader-constructor-failed-to-find",
        ),
        (
            "OSError",
            "No file or directory found at model.h5",
            "oserror-no-file-or-directory-found-at",
        ),
        ("", "did not end within 12 s of CPU time", "limit-did-not-end-within-of-cpu-time"),
        ("SIGSEGV", "died of SIGSEGV", "sigsegv-died-of-sigsegv"),
    ],
)
def test_a_family_reads_as_the_beginning_of_its_message(
    error_type: str, message: str, expected: str
) -> None:
    assert family(error_type, message) == expected


def test_another_exception_with_the_same_words_is_another_family() -> None:
    assert family("ValueError", "bad marshal data") != family("TypeError", "bad marshal data")


@given(st.text(max_size=40), st.text(max_size=300))
def test_a_family_is_a_short_word_for_a_table_and_a_link(error_type: str, message: str) -> None:
    found = family(error_type, message)
    assert found.count("-") <= WORDS + error_type.rpartition(".")[2].count("-")
    assert not re.search(r"[/'\"()\d]", family("ValueError", message))
