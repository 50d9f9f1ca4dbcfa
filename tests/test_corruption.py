"""Are damaged files counted as what became of them?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from experiments.config.faults import ConfigFaultsError
from experiments.config.schema import ROOT
from experiments.corruption import again, settings, tables
from experiments.corruption.config import Corruption
from experiments.corruption.judging import DAMAGED, MISLEADING, end
from experiments.corruption.trials import Ended, Trial
from experiments.run import addresses
from results.contract.cells import CELLS
from results.contract.columns import Row
from results.schemas import schema_of
from results.storage import invalid

PUBLISHED = ROOT / "results" / "published"


@pytest.fixture(scope="module")
def asked() -> Corruption:
    return settings.load([])


def row(**columns: str) -> Row:
    return dict.fromkeys(CELLS.names, "") | columns


def plain(rows: Sequence[Row]) -> list[Ended]:
    return [Ended(row) for row in rows]


def trial(case: str, environment: str = "tf-2.4") -> Trial:
    what = {"file": "classifier.h5", "do": "flip", "at": 1, "bits": 1}
    return Trial(case, "h5", "load_model", environment, {"damage": what})


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ({"outcome": "equal"}, "right"),
        ({"outcome": "different"}, "wrong"),
        ({"outcome": "crash"}, "crash"),
        ({"outcome": "timeout"}, "hang"),
        ({"outcome": "out_of_memory"}, "out_of_memory"),
        ({"outcome": "error", "error_family": "truncated_hdf5"}, DAMAGED),
        ({"outcome": "error", "error_family": "unknown_layer"}, MISLEADING),
        ({"outcome": "error", "error_family": "other"}, MISLEADING),
        ({"outcome": "harness_error"}, ""),
        ({"outcome": "skipped"}, ""),
    ],
)
def test_each_end_has_its_name(asked: Corruption, columns: dict[str, str], wanted: str) -> None:
    assert end(row(**columns), asked.saying) == wanted


def test_files_are_counted_and_those_that_were_not_damaged_are_not(asked: Corruption) -> None:
    ends = [{"outcome": "equal"}] + [{"outcome": "different"}] * 3
    trials = [trial(f"heap.bit.{number:04}") for number in range(1, 5)]
    rows = [row(**one) for one in ends]
    found = tables.of(
        asked, [trial("file.none.0001"), *trials], plain([row(outcome="equal"), *rows])
    )
    (counted,) = pd.read_csv(io.BytesIO(found["corruption.csv"])).to_dict("records")
    assert (counted["files"], counted["right"], counted["wrong"]) == (4, 1, 3)
    assert (counted["wrong_share"], counted["place"], counted["damage"]) == (0.75, "heap", "bit")
    # Clopper and Pearson's interval of three of four, as R's binom.test has it.
    assert counted["wrong_low"] == pytest.approx(0.1941204, abs=1e-6)
    assert counted["wrong_high"] == pytest.approx(0.9936905, abs=1e-6)
    files = pd.read_parquet(io.BytesIO(found["corruption_files.parquet"]))
    assert list(files["number"]) == [1, 2, 3, 4]
    assert json.loads(files["what"][0])["do"] == "flip"


def test_the_table_follows_its_schema(asked: Corruption, tmp_path: Path) -> None:
    found = tables.of(asked, [trial("heap.bit.0001")], plain([row(outcome="crash")]))
    written = tmp_path / "corruption.csv"
    written.write_bytes(found["corruption.csv"])
    assert list(invalid(written, schema_of("corruption.csv"))) == []


def test_the_order_of_trials_changes_no_byte(asked: Corruption) -> None:
    trials = [trial("heap.bit.0001"), trial("json.bit.0001"), trial("heap.bit.0001", "tf-2.15")]
    rows = [row(outcome=one) for one in ("equal", "error", "crash")]
    first = tables.of(asked, trials, plain(rows))
    assert tables.of(asked, trials[::-1], plain(rows[::-1])) == first


def test_the_summary_names_every_end(asked: Corruption) -> None:
    trials = [trial(f"heap.bit.{number:04}") for number in (1, 2)]
    found = tables.of(asked, trials, plain([row(outcome="equal"), row(outcome="different")]))
    assert list(tables.summary(found["corruption.csv"])) == [
        "h5: 2 damaged files: 1 right, 1 wrong"
    ]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["files=0"], "files is 0"),
        (["stretch=0"], "stretch is 0"),
        (["jobs=-1"], "jobs is negative"),
        (["name=A/B"], "cannot name a folder"),
        (["limits.load.idle_s=0"], "limits.load.idle_s is 0"),
        (["draws.bit=-1"], "draws.bit is -1"),
        (["draws={bit: 0, byte: 0, zero: 0, swap: 0, cut: 0}"], "draws are all 0"),
        (["saying=[nothing_such]"], "no entry 'nothing_such'"),
        (["formats.h5.api=load_modle"], "no API 'load_modle'"),
        (["formats.h5.environments=[tf-9]"], "no environment 'tf-9'"),
        (["environment=[tf-9]"], "no environment matches 'tf-9'"),
        (["format=[h6]"], "no format matches 'h6'"),
        (["environment=[tf-2.0]", "format=[keras]"], "no format is loaded there"),
        (["sede=2"], "unknown key 'sede'"),
        (["fast"], "this is neither an option nor an override"),
        (["files=many"], "files"),
    ],
)
def test_bad_input_is_said_before_anything_is_done(words: list[str], what: str) -> None:
    with pytest.raises(ConfigFaultsError) as caught:
        settings.load(words)
    assert what in str(caught.value)
    assert all(fault.fix for fault in caught.value.faults)


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(ConfigFaultsError) as caught:
        settings.load(["files=0", "stretch=0", "saying=[nothing_such]"])
    assert len(caught.value.faults) == 3


class Loads:
    """Stands for a campaign: answers with given rows, and keeps its last trials."""

    def __init__(self, *answers: list[Row]) -> None:
        self.answers = list(answers)
        self.loaded: list[Trial] = []

    def load(self, trials: Sequence[Trial]) -> list[Row]:
        self.loaded = list(trials)
        return self.answers.pop(0)

    def ended(self, trials: list[Trial], asked: Corruption) -> list[Ended]:
        return again.ended(self.load, trials, asked.again)


class TestAgain:
    REFUSED = row(outcome="error", error_type="OSError", error_message="bad flag value")
    DIED = row(outcome="crash", error_type="SIGSEGV")
    FULL = row(outcome="out_of_memory")

    def test_damage_that_may_lead_hdf5_out_of_its_memory_is_loaded_with_other_bytes_there(
        self, asked: Corruption
    ) -> None:
        trials = [trial(f"{place}.bit.0001") for place in ("attribute", "tensor_data")]
        fills = asked.again.fills["attribute"]
        campaign = Loads([self.REFUSED] * 2, [self.REFUSED] * len(fills))
        ended = campaign.ended(trials, asked)
        assert [end.row for end in ended] == [self.REFUSED] * 2
        assert [end.varies for end in ended] == [False, False]
        assert [len(end.again) for end in ended] == [len(fills), 0]
        assert [load.request["fill"] for load in campaign.loaded] == fills
        assert len({load.cell.id for load in campaign.loaded}) == len(fills) > 1
        assert {load.cell.save for load in campaign.loaded} == {trials[0].cell.save}

    @pytest.mark.parametrize(
        "column", ["outcome", "phase", "error_type", "error_message", "differs", "max_abs_diff"]
    )
    def test_what_one_load_ends_otherwise_varies(self, asked: Corruption, column: str) -> None:
        *same, last = [self.REFUSED] * len(asked.again.fills["attribute"])
        campaign = Loads([self.REFUSED], [*same, {**last, column: "another"}])
        (ended,) = campaign.ended([trial("attribute.bit.0001")], asked)
        assert ended.varies

    @pytest.mark.parametrize(
        "column", sorted(set(CELLS.names) - set(again.COMPARED) - {"error_family", "verdict"})
    )
    def test_what_tells_nothing_of_the_end_is_not_compared(
        self, asked: Corruption, column: str
    ) -> None:
        again = [self.REFUSED | {column: "another"}] * len(asked.again.fills["superblock"])
        campaign = Loads([self.REFUSED], again)
        (ended,) = campaign.ended([trial("superblock.cut.0001")], asked)
        assert not ended.varies

    def test_a_file_that_varies_is_one_of_which_nothing_is_told(self, asked: Corruption) -> None:
        written = tables.of(asked, [trial("attribute.bit.0001")], [Ended(self.DIED, varies=True)])
        (counted,) = pd.read_csv(io.BytesIO(written["corruption.csv"])).to_dict("records")
        assert (counted["varies"], counted["crash"]) == (1, 0)
        (file,) = pd.read_parquet(io.BytesIO(written["corruption_files.parquet"])).to_dict(
            "records"
        )
        assert (file["end"], file["error_type"], file["error_message"]) == ("varies", "", "")

    def test_what_took_all_memory_ends_as_it_does_where_none_is_filled(
        self, asked: Corruption
    ) -> None:
        trials = [trial("heap.bit.0001"), trial("tensor_data.bit.0001")]
        campaign = Loads([self.FULL] * 2, [self.DIED] * 2)
        ended = campaign.ended(trials, asked)
        assert [one.row["outcome"] for one in ended] == ["crash", "crash"]
        assert [one.varies for one in ended] == [False, False]
        assert [load.request for load in campaign.loaded] == [trials[0].request | {"fill": 0}] * 2

    @pytest.mark.parametrize(
        ("unfilled", "filled", "varies"),
        [(FULL, FULL, False), (DIED, FULL, True), (FULL, DIED, True)],
    )
    def test_what_may_read_what_is_not_its_own_ends_the_same_wherever_it_took_all_memory(
        self, asked: Corruption, unfilled: Row, filled: Row, varies: bool
    ) -> None:
        fills = asked.again.fills["superblock"]
        campaign = Loads([self.FULL], [unfilled, *[filled] * len(fills)])
        (ended,) = campaign.ended([trial("superblock.bit.0001")], asked)
        assert ended.varies is varies

    def test_what_is_loaded_again_are_places_that_files_have(self, asked: Corruption) -> None:
        counts = pd.read_csv(PUBLISHED / "corruption.csv")
        places = counts["place"][counts["format"].isin(asked.again.formats)]
        assert set(asked.again.fills) <= set(places)

    @pytest.mark.parametrize("outcome", again.NOT_LOADED)
    def test_what_was_not_loaded_is_no_end(self, asked: Corruption, outcome: str) -> None:
        unloaded = row(outcome=outcome)
        fills = asked.again.fills["superblock"]
        campaign = Loads(
            [self.REFUSED, unloaded], [unloaded] * len(fills) + [self.REFUSED] * len(fills)
        )
        trials = [trial("superblock.bit.0001"), trial("superblock.bit.0002")]
        ended = campaign.ended(trials, asked)
        assert [(one.row, one.varies) for one in ended] == [
            (self.REFUSED, False),
            (unloaded, False),
        ]
        assert ended[0].again == (unloaded,) * len(fills)

    def test_where_there_is_no_such_damage_nothing_is_loaded_again(self, asked: Corruption) -> None:
        campaign = Loads([row(outcome="equal")])
        (ended,) = campaign.ended([trial("tensor_data.bit.0001")], asked)
        assert ended == Ended(row(outcome="equal"))
        assert campaign.loaded == [trial("tensor_data.bit.0001")]

    @pytest.mark.parametrize(
        ("words", "what"),
        [
            ("again.formats=[weight_h5]", "no format 'weight_h5' in formats"),
            ("again.fills.superblock=[0]", "again.fills.superblock: 0 is no byte"),
            ("+again.fills.heap=[256]", "again.fills.heap: 256 is no byte"),
        ],
    )
    def test_what_cannot_be_loaded_again_is_said_at_once(self, words: str, what: str) -> None:
        with pytest.raises(ConfigFaultsError, match=what):
            settings.load([words])


def test_memory_is_filled_in_every_environment(asked: Corruption) -> None:
    (name,) = asked.variables
    assert "glibc.malloc.perturb=" in asked.variables[name]
    assert {one.variables[name] for one in asked.environment.values()} == {asked.variables[name]}


FILLED = """
import ctypes
from experiments.scenarios import _fresh_memory
_fresh_memory.fill({byte})
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
print(set(ctypes.string_at(library.malloc(5000), 5000)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is the GNU C library's")
@pytest.mark.parametrize("byte", [1, 171])
def test_fresh_memory_holds_the_complement_of_a_fill(byte: int) -> None:
    program = [sys.executable, "-c", FILLED.format(byte=byte)]
    assert subprocess.check_output(program, text=True, cwd=ROOT) == f"{{{255 - byte}}}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="addresses are fixed on Linux alone")
def test_what_is_started_inside_is_at_the_same_addresses_and_what_comes_after_is_not() -> None:
    show = [sys.executable, "-c", "print(open('/proc/self/maps').read().split('[stack]')[0][-80:])"]

    def stacks() -> set[str]:
        return {subprocess.check_output(show, text=True) for _ in range(4)}

    with addresses.fixed() as granted:
        assert addresses.kind() == ("fixed" if granted else "drawn")
        assert len(stacks()) == 1 or not granted
    assert addresses.kind() == "drawn"
    assert len(stacks()) > 1
