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

from experiments import provenance
from experiments.campaigns import Trial
from experiments.config import ROOT
from experiments.corruption import again, memory, settings, tables
from experiments.corruption.again import NOTHING, OTHERWISE, Ended
from experiments.corruption.command import SCENARIO
from experiments.corruption.config import Corruption
from experiments.corruption.judging import DAMAGED, MISLEADING, end
from experiments.faults import ConfigFaultsError
from experiments.publish import invalid
from experiments.records import COLUMNS, Row

PUBLISHED = ROOT / "results" / "published"


@pytest.fixture(scope="module")
def asked() -> Corruption:
    return settings.load([])


def row(**columns: str) -> Row:
    return dict.fromkeys(COLUMNS, "") | columns


def plain(rows: Sequence[Row]) -> list[Ended]:
    return [Ended(row) for row in rows]


def trial(case: str, environment: str = "tf-2.4") -> Trial:
    what = {"file": "classifier.h5", "do": "flip", "at": 1, "bits": 1}
    return Trial(SCENARIO, case, "h5", "load_model", environment, {"damage": what})


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
    assert list(invalid(written, PUBLISHED / "corruption.schema.json")) == []


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
        (["limits.load.wall_s=0"], "limits.load.wall_s is 0"),
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
    """Stands for a campaign: loads end as told, first and second; what was asked is kept."""

    def __init__(self, *told: list[Row]) -> None:
        self.told = list(told)
        self.saved: list[Trial] = []
        self.loaded: list[Trial] = []

    def save(self, trials: list[Trial]) -> None:
        self.saved = trials

    def load(self, trials: list[Trial]) -> list[Row]:
        self.loaded = trials
        return self.told.pop(0)

    def ended(self, trials: list[Trial], asked: Corruption) -> list[Ended]:
        return again.ended(self, trials, asked.again)  # type: ignore[arg-type]


class TestAgain:
    def test_what_hdf5_finds_its_way_by_is_loaded_twice(self, asked: Corruption) -> None:
        places = ("heap", "tensor_data", "superblock")
        trials = [trial(f"{place}.bit.0001") for place in places]
        refused = row(outcome="error", error_type="OSError", error_message="bad flag value")
        other = refused | {"error_message": "bad 1/2 rank"}
        campaign = Loads([refused] * 3, [refused, other])
        ended = campaign.ended(trials, asked)
        assert [one.row for one in ended] == [refused] * 3
        assert [one.steady for one in ended] == [True, None, False]
        assert [one.case for one in campaign.loaded] == [trials[0].case, trials[2].case]
        assert [one.extra for one in campaign.loaded] == [trials[0].extra | OTHERWISE] * 2
        assert {one.scenario for one in campaign.saved} == {again.SCENARIO}

    def test_what_took_all_memory_ends_as_it_does_where_none_is_filled(
        self, asked: Corruption
    ) -> None:
        trials = [trial("heap.bit.0001"), trial("tensor_data.bit.0001")]
        campaign = Loads([row(outcome="out_of_memory")] * 2, [row(outcome="crash")] * 2)
        ended = campaign.ended(trials, asked)
        assert [one.row["outcome"] for one in ended] == ["crash", "crash"]
        assert [one.steady for one in ended] == [None, None]
        assert [one.extra for one in campaign.loaded] == [trials[0].extra | NOTHING] * 2

    def test_where_there_is_no_such_damage_nothing_is_loaded_twice(self, asked: Corruption) -> None:
        campaign = Loads([row(outcome="equal")])
        (ended,) = campaign.ended([trial("tensor_data.bit.0001")], asked)
        assert (ended.row["outcome"], ended.steady, ended.second) == ("equal", None, None)
        assert campaign.saved == []

    def test_a_format_that_is_not_damaged_cannot_be_loaded_twice(self) -> None:
        with pytest.raises(ConfigFaultsError, match="no format 'weight_h5' in formats"):
            settings.load(["again.formats=[weight_h5]"])


def test_memory_is_filled_in_every_environment(asked: Corruption) -> None:
    (name,) = asked.variables
    assert "glibc.malloc.perturb=" in asked.variables[name]
    assert {one.variables[name] for one in asked.environment.values()} == {asked.variables[name]}


@pytest.mark.skipif(sys.platform != "linux", reason="addresses are fixed on Linux alone")
def test_what_is_started_inside_is_at_the_same_addresses_and_what_comes_after_is_not() -> None:
    show = [sys.executable, "-c", "print(open('/proc/self/maps').read().split('[stack]')[0][-80:])"]

    def stacks() -> set[str]:
        return {subprocess.check_output(show, text=True) for _ in range(4)}

    with memory.fixed() as granted:
        assert provenance.addresses() == ("fixed" if granted else "drawn")
        assert len(stacks()) == 1 or not granted
    assert provenance.addresses() == "drawn"
    assert len(stacks()) > 1
