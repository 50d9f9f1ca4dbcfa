"""Are requests built with the recorded keys, and replies read with a fault for a wrong field?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments.config.faults import ConfigFaultsError
from experiments.config.matrix import Cell
from experiments.config.schema import Limit
from experiments.run import protocol
from experiments.run.protocol import Extra, Reply

CELL = Cell("layer_size", "units_last", "h5", "load_weights", "tf-2.4", "tf-2.15", "as_written")
LIMIT = Limit(first_imports=2, last_imports=20, idle_s=60, memory_mib=4096)
LIMITS = {"first_imports": 2, "last_imports": 20, "idle_s": 60, "memory_mib": 4096}
SAVE = {
    "id": "layer_size/as_written/h5/save/tf-2.4",
    "key": "k",
    "stage": "save",
    "scenario": "layer_size",
    "case": "as_written",
    "saved_as": "as_written",
    "format": "h5",
    "artifact": "artifacts/layer_size/as_written/h5/save/tf-2.4",
    "log": "logs/cells/layer_size/as_written/h5/save/tf-2.4.log",
    "limits": LIMITS,
}
LOAD = SAVE | {
    "id": "layer_size/units_last/h5/load_weights/tf-2.4/tf-2.15",
    "stage": "load",
    "case": "units_last",
    "api": "load_weights",
    "artifact_sha256": "a",
    "log": "logs/cells/layer_size/units_last/h5/load_weights/tf-2.4/tf-2.15.log",
}


def test_the_worker_reads_the_keys_of_a_save() -> None:
    assert protocol.save_request(CELL.save, "k", LIMIT) == SAVE


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"damage": {"file": "model.h5"}},
        {"damage": {}, "fill": 255},
        {"watch": {"escaped": "file_written"}},
    ],
)
def test_the_worker_reads_the_keys_of_a_load_and_of_its_campaign(extra: Extra) -> None:
    assert protocol.load_request(CELL, "k", "a", LIMIT, extra) == {**LOAD, **extra}


def test_a_campaign_cannot_replace_the_id_of_a_load() -> None:
    forged: Any = {"id": "another", "stage": "save"}
    assert protocol.load_request(CELL, "k", "a", LIMIT, forged) == LOAD


def test_the_request_of_a_cell_repeated_alone_names_its_last_calls() -> None:
    put_off = Reply(outcome="timeout", phase="load", calls=["keras:load"], cpu_s=3.0, retry=True)
    request = protocol.load_request(CELL, "k", "a", LIMIT, {})
    stopped = {"phase": "load", "calls": ["keras:load"], "cpu_s": 3.0}
    assert protocol.alone(request, put_off) == LOAD | {"alone": True, "stopped": stopped}


def test_a_fault_of_the_harness_answers_the_request() -> None:
    request = protocol.save_request(replace(CELL).save, "k", LIMIT)
    reply = protocol.fault_reply(request, "the worker died")
    assert (reply["id"], reply["key"], reply["outcome"]) == (SAVE["id"], "k", "harness_error")
    assert protocol.done(reply) == {**reply, "event": "done"}


FULL: Reply = {
    "id": "a",
    "key": "k",
    "outcome": "different",
    "phase": "compare",
    "max_abs_diff": None,
    "seconds": {"load": 0.5},
    "cpu_s": 1,
    "effects": ["code_at_load"],
}
WRONG: dict[str, Any] = {
    "key": 3,
    "phase": None,
    "error_message": ["text"],
    "calls": "keras:load",
    "seconds": [0.5],
    "cpu_s": "1",
    "retry": "yes",
    "max_abs_diff": "0.1",
    "effects": "code_at_load",
}


def written(path: Path, *lines: object) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_the_last_reply_to_a_request_counts_with_all_its_fields(tmp_path: Path) -> None:
    path = written(tmp_path / "replies.jsonl", FULL | {"cpu_s": 7.0}, {"id": "b"}, FULL)
    assert protocol.read_replies(path) == {"a": FULL}


def test_a_reply_of_a_later_suite_with_one_more_field_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "replies.jsonl", {**FULL, "colour": "red"})
    assert list(protocol.read_replies(path)) == ["a"]


@pytest.mark.parametrize("name", WRONG)
def test_a_field_of_another_type_is_a_fault_with_file_and_line(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "replies.jsonl", FULL, {}, {**FULL, name: WRONG[name]})
    with pytest.raises(ConfigFaultsError) as caught:
        protocol.read_replies(path)
    (fault,) = caught.value.faults
    assert fault.location == f"{path}:3"
    assert repr(name) in fault.problem


@pytest.mark.parametrize("raw", [b"a warning\n", b"\xff\n", b"[1]\n", b"3\n", b"\n"])
def test_output_of_a_library_is_an_empty_event(raw: bytes) -> None:
    assert protocol.read_event(raw) == {}


def test_a_line_of_json_is_an_event() -> None:
    assert protocol.read_event(b'{"event": "start", "id": "a"}\n') == {"event": "start", "id": "a"}
