"""Are exactly the parts of a message replaced that depend on the run?"""

from __future__ import annotations

import math
import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.config.schema import ROOT
from experiments.records import messages
from experiments.records.messages import DIRECTION_MARKS, FORMULA, LONGEST, message
from results.contract.cells import CELLS

PUBLISHED = ROOT / "results" / "published"
SCRATCH = "/tmp/worker-ab12/cell-x9_z"
CELL = SCRATCH + "/work"
texts = st.text(max_size=300)
fragments = st.sampled_from(
    [
        SCRATCH,
        CELL + "/model.h5",
        SCRATCH + "/home",
        "/usr/lib/python3.8/site-packages/keras/engine.py",
        "<keras.layers.Dense object at 0x7f3a12345678>",
        "0x10",
        "(None, 64)",
        "dense_2",
        "it's",
        "\r\n",
        "\0",
        "…",
    ]
)
texts = st.lists(st.one_of(fragments, st.text(max_size=20)), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (f"Unable to open {CELL}/model.h5", "Unable to open <cell>/model.h5"),
        (f"in {CELL}: nothing", "in <cell>: nothing"),
        (f"No file at {SCRATCH}/home/m.h5", "No file at <home>/m.h5"),
        (f"{SCRATCH}/other", "<scratch>/other"),
        ("at 0x7f3a12345678>", "at 0x…>"),
        (
            'File "/opt/envs/tf-2.4/lib/python3.8/site-packages/keras/models.py", line 3',
            'File "<site-packages>/keras/models.py", line 3',
        ),
        (
            "Op type not registered 'Op' in binary running on node-7.example. Make sure the Op",
            "Op type not registered 'Op' in binary running on <host>. Make sure the Op",
        ),
        ("'shared_object_id': 140084752111264}", "'shared_object_id': <id>}"),
        (
            f"m/variables_temp_{'0a' * 16}/part-00000-of-00001.data.tempstate1234567890; No space",
            "m/variables<temporary>/part-00000-of-00001.data.<temporary>; No space",
        ),
        ("a\r\nb\rc", "a\nb\nc"),
        ("nul\0byte", "nul\\0byte"),
        ("Se\udcf1uential", "Se\\udcf1uential"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("m\u202e5h.exe", "m\\u202e5h.exe"),
    ],
)
def test_a_part_that_depends_on_the_run_is_replaced(raw: str, shown: str) -> None:
    assert message(raw, SCRATCH) == shown


BIAS = "<tf.Variable 'b/bias:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>"
LAYER = "<keras.layers.Dense object at 0x…>"
WRAPPER = "ListWrapper([1, 2])"


@pytest.mark.parametrize("objects", [*permutations((BIAS, LAYER, WRAPPER)), (BIAS,), (WRAPPER,)])
@pytest.mark.parametrize(
    "beginning",
    [
        "Some Python objects were not bound to checkpointed values, likely due to changes: ",
        "The following objects have no matching checkpointed value: ",
    ],
)
def test_unmatched_objects_are_put_in_order(beginning: str, objects: tuple[str, ...]) -> None:
    shown = message(f"{beginning}[{', '.join(objects)}]", SCRATCH)
    assert shown == f"{beginning}[{', '.join(sorted(objects))}]"


@pytest.mark.parametrize(
    "text",
    [
        "nodes: [<tf.Tensor 'b'>, <tf.Tensor 'a'>]",
        "Shapes (10, 32) and (10, 64) are incompatible",
        "'registered_name': None, 'shared_object_id': 12}",
        "flag 0x10 of dense_2/kernel:0",
        "/tmp/other/model.h5",
        'Layer #0 (named "dense") expects 2 weight(s), but 3 were given: 12345678901',
        "モデル naïve\n\ttwo lines  ",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert message(text, SCRATCH) == text


def harmless(text: str) -> bool:
    return not DIRECTION_MARKS.search(text) and not text.startswith(FORMULA)


@given(texts.filter(lambda text: not set(text) & set("/x\r\0") and harmless(text)))
def test_text_without_paths_and_addresses_stays_as_it_is(text: str) -> None:
    assert message(text, SCRATCH) == text


@given(texts)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = message(text, SCRATCH)
    assert message(once, SCRATCH) == once


@given(texts)
def test_no_message_names_the_run(text: str) -> None:
    shown = message(text, SCRATCH)
    assert SCRATCH not in shown
    assert "/usr/lib/python3.8" not in shown
    assert not set("\r\0") & set(shown)


@given(st.one_of(texts, st.sampled_from("=+-@\t").flatmap(lambda sign: texts.map(sign.__add__))))
def test_no_message_is_a_formula_or_turns_the_direction_of_writing(text: str) -> None:
    assert harmless(message(text, SCRATCH))


@given(st.text(min_size=1, max_size=5), st.integers(0, 3 * LONGEST))
def test_no_message_is_longer_than_the_limit(text: str, times: int) -> None:
    assert len(message(text * times, "")) <= LONGEST


def test_a_message_is_cut_after_normalising_so_that_paths_do_not_move_the_cut() -> None:
    tail = "x" * LONGEST
    assert message(f"{CELL} {tail}", SCRATCH) == message(f"/a/work {tail}", "/a")


def test_the_origin_of_an_error_is_a_module_and_a_bare_function() -> None:
    assert messages.place("h5py.h5f:h5py.h5f.open") == "h5py.h5f:open"
    assert messages.place("keras.src.saving.saving_api:load_model").endswith("_api:load_model")
    assert messages.place("") == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (0.0, "0"),
        (2.98023e-08, "0"),
        (9.99e-06, "0"),
        (1e-05, "1e-05"),
        (0.0933603, "0.1"),
        (0.123456789, "0.1"),
        (0.15, "0.2"),
        (0.34, "0.5"),
        (0.72, "1"),
        (123.0, "100"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
    ],
)
def test_a_difference_is_rounded_to_a_step_and_rounding_itself_to_zero(
    value: float | None, shown: str
) -> None:
    assert messages.difference(value) == shown
    assert messages.difference(float(shown) if shown else None) == shown


@given(st.floats(1.1e-5, 1e6), st.floats(-1e-6, 1e-6))
def test_a_difference_is_the_same_where_another_processor_rounded_it(
    value: float, off: float
) -> None:
    """A difference on a step is left out; no round number lies on a step."""
    steps = (math.sqrt(2), math.sqrt(10), math.sqrt(50))
    mantissa = value / 10 ** math.floor(math.log10(value))
    if min(abs(mantissa / step - 1) for step in steps) > 1e-5:
        assert messages.difference(value) == messages.difference(value * (1 + off))


@given(st.integers(1, 99), st.integers(-5, 3))
def test_no_round_number_lies_on_a_step(digits: int, exponent: int) -> None:
    value = float(f"{digits}e{exponent}")
    shown = {messages.difference(value * (1 + off)) for off in (-1e-3, 0.0, 1e-3)}
    assert len(shown) == 1 or value < 2e-5


def test_the_schema_accepts_rounded_differences_alone() -> None:
    pattern = CELLS.columns["max_abs_diff"]["pattern"]
    for value in (1e-5, 2.4e-5, 0.0933604, 0.3, 7.0, 71.0, 1e22, float("inf"), float("nan")):
        assert re.search(pattern, messages.difference(value))
    assert not re.search(pattern, "0.0933604")


def test_rounding_is_the_absolute_tolerance_of_the_comparison() -> None:
    source = (ROOT / "experiments" / "worker" / "reference.py").read_text("utf-8")
    assert f"\nABSOLUTE_TOLERANCE = {messages.ROUNDING:.0e}".replace("e-05", "e-5") in source
