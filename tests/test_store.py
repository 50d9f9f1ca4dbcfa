"""Is a record complete or absent after an interrupted or failed write?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.run import store
from experiments.run.store import Line
from results import storage

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
lines = st.lists(
    st.dictionaries(st.text(), values, max_size=3).flatmap(
        lambda line: st.text().map(lambda identity: {**line, "id": identity})
    ),
    max_size=5,
)


@given(first=lines, second=lines)
def test_written_and_appended_lines_are_read_unchanged(
    tmp_path_factory: pytest.TempPathFactory, first: list[Line], second: list[Line]
) -> None:
    path = tmp_path_factory.mktemp("lines") / "replies.jsonl"
    store.write_lines(path, first)
    store.append_lines(path, second)
    assert list(store.read_lines(path)) == first + second


@given(st.data())
def test_a_torn_line_is_skipped_and_harms_no_other_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("torn") / "replies.jsonl"
    store.write_lines(path, [{"id": "a"}, {"id": "b", "error_message": "größer"}])
    content = path.read_bytes()
    start = content.index(b"\n") + 1
    cut = data.draw(st.integers(start, len(content) - 2))
    path.write_bytes(content[:cut])
    store.append_lines(path, [{"id": "c"}])
    assert [line["id"] for line in store.read_lines(path)] == ["a", "c"]


@pytest.mark.parametrize(
    "noise", [b"\xff\xfe\n", b"[]\n", b"3\n", b'{"id": 3}\n', b"{}\n", b"\n", b"null\n", b"\0\0\n"]
)
def test_a_line_that_is_no_reply_is_skipped(tmp_path: Path, noise: bytes) -> None:
    path = tmp_path / "replies.jsonl"
    path.write_bytes(b'{"id": "a"}\n' + noise + b'{"id": "b"}\n')
    assert [line["id"] for line in store.read_lines(path)] == ["a", "b"]


def test_a_missing_file_has_no_lines(tmp_path: Path) -> None:
    assert list(store.read_lines(tmp_path / "replies.jsonl")) == []
    assert store.read_json(tmp_path / "config.json") is None


def test_the_last_of_several_replies_to_a_cell_counts(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    lines = [{"id": name, "outcome": "equal", "n": n} for n, name in enumerate("aba")]
    store.write_lines(path, [*lines, {"id": "b", "n": 3}])
    assert store.latest(path) == {"a": lines[2], "b": lines[1]}


def test_a_file_is_replaced_in_one_step_and_no_temporary_file_remains(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config.json"
    storage.write_json(path, {"old": "ä"})
    storage.write_json(path, {"new": "ü"})
    assert store.read_json(path) == {"new": "ü"}
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_failed_write_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cells.csv"
    storage.write_text(path, "old")

    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        storage.write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_lines_that_cannot_be_written_leave_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    store.write_lines(path, [{"id": "a"}])
    with pytest.raises(TypeError):
        store.write_lines(path, [{"id": "b"}, {"id": object()}])
    assert json.loads(path.read_text()) == {"id": "a"}
