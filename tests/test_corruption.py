"""Check the settings of the corruption campaign, the ends of its loads, and their tables."""

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
from experiments.corruption import repeats, settings, tables
from experiments.corruption.config import Corruption
from experiments.corruption.judging import DAMAGED, MISLEADING, end
from experiments.corruption.trials import Trial, TrialResult
from experiments.run import addresses
from results.contract.cells import CELLS
from results.contract.columns import Row
from results.schemas import schema_of
from results.storage import invalid

PUBLISHED = ROOT / "results" / "published"


@pytest.fixture(scope="module")
def plan() -> Corruption:
    return settings.load([])


def row(**columns: str) -> Row:
    return dict.fromkeys(CELLS.names, "") | columns


def results(rows: Sequence[Row]) -> list[TrialResult]:
    """Return the results of trials without repeats."""
    return [TrialResult(row) for row in rows]


def trial(case: str, environment: str = "tf-2.4") -> Trial:
    damage = {"file": "classifier.h5", "do": "flip", "at": 1, "bits": 1}
    return Trial(case, "h5", "load_model", environment, {"damage": damage})


@pytest.mark.parametrize(
    ("columns", "expected"),
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
def test_each_outcome_and_message_has_its_end(
    plan: Corruption, columns: dict[str, str], expected: str
) -> None:
    assert end(row(**columns), plan.saying) == expected


def test_damaged_files_are_counted_and_controls_are_not(plan: Corruption) -> None:
    outcomes = ["equal", "different", "different", "different"]
    trials = [trial(f"heap.bit.{number:04}") for number in range(1, 5)]
    rows = [row(outcome=outcome) for outcome in outcomes]
    content = tables.build(
        plan, [trial("file.none.0001"), *trials], results([row(outcome="equal"), *rows])
    )
    (counted,) = pd.read_csv(io.BytesIO(content["corruption.csv"])).to_dict("records")
    assert (counted["files"], counted["right"], counted["wrong"]) == (4, 1, 3)
    assert (counted["wrong_share"], counted["place"], counted["damage"]) == (0.75, "heap", "bit")
    # Clopper and Pearson's interval of three of four, from R's binom.test.
    assert counted["wrong_low"] == pytest.approx(0.1941204, abs=1e-6)
    assert counted["wrong_high"] == pytest.approx(0.9936905, abs=1e-6)
    files = pd.read_parquet(io.BytesIO(content["corruption_files.parquet"]))
    assert list(files["number"]) == [1, 2, 3, 4]
    assert json.loads(files["what"][0])["do"] == "flip"


def test_the_table_follows_its_schema(plan: Corruption, tmp_path: Path) -> None:
    content = tables.build(plan, [trial("heap.bit.0001")], results([row(outcome="crash")]))
    written = tmp_path / "corruption.csv"
    written.write_bytes(content["corruption.csv"])
    assert list(invalid(written, schema_of("corruption.csv"))) == []


def test_the_order_of_trials_changes_no_byte(plan: Corruption) -> None:
    trials = [trial("heap.bit.0001"), trial("json.bit.0001"), trial("heap.bit.0001", "tf-2.15")]
    rows = [row(outcome=outcome) for outcome in ("equal", "error", "crash")]
    first = tables.build(plan, trials, results(rows))
    assert tables.build(plan, trials[::-1], results(rows[::-1])) == first


def test_the_summary_names_every_end(plan: Corruption) -> None:
    trials = [trial(f"heap.bit.{number:04}") for number in (1, 2)]
    content = tables.build(plan, trials, results([row(outcome="equal"), row(outcome="different")]))
    assert list(tables.summary(content["corruption.csv"])) == [
        "h5: 2 damaged files: 1 right, 1 wrong"
    ]


@pytest.mark.parametrize(
    ("words", "problem"),
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
        (
            ["environment=[tf-2.0]", "format=[keras]"],
            "no selected environment loads a selected format",
        ),
        (["sede=2"], "unknown key 'sede'"),
        (["fast"], "this is neither an option nor an override"),
        (["files=many"], "files"),
    ],
)
def test_each_bad_input_is_a_fault_with_its_fix(words: list[str], problem: str) -> None:
    with pytest.raises(ConfigFaultsError) as caught:
        settings.load(words)
    assert problem in str(caught.value)
    assert all(fault.fix for fault in caught.value.faults)


def test_all_faults_are_reported_at_once() -> None:
    with pytest.raises(ConfigFaultsError) as caught:
        settings.load(["files=0", "stretch=0", "saying=[nothing_such]"])
    assert len(caught.value.faults) == 3


class FakeCampaign:
    """Replies to each call of `load` with given rows, and keeps the trials of the last call."""

    def __init__(self, *replies: list[Row]) -> None:
        self.replies = list(replies)
        self.loaded: list[Trial] = []

    def load(self, trials: Sequence[Trial]) -> list[Row]:
        self.loaded = list(trials)
        return self.replies.pop(0)

    def carry_out(self, trials: list[Trial], plan: Corruption) -> list[TrialResult]:
        return repeats.carry_out(self.load, trials, plan.again)


class TestRepeats:
    REFUSED = row(outcome="error", error_type="OSError", error_message="bad flag value")
    DIED = row(outcome="crash", error_type="SIGSEGV")
    FULL = row(outcome="out_of_memory")

    def test_damage_that_may_lead_hdf5_out_of_its_memory_is_loaded_again_with_each_fill(
        self, plan: Corruption
    ) -> None:
        trials = [trial(f"{region}.bit.0001") for region in ("attribute", "tensor_data")]
        fills = plan.again.fills["attribute"]
        campaign = FakeCampaign([self.REFUSED] * 2, [self.REFUSED] * len(fills))
        results = campaign.carry_out(trials, plan)
        assert [result.row for result in results] == [self.REFUSED] * 2
        assert [result.varies for result in results] == [False, False]
        assert [len(result.repeats) for result in results] == [len(fills), 0]
        assert [load.request["fill"] for load in campaign.loaded] == fills
        assert len({load.cell.id for load in campaign.loaded}) == len(fills) > 1
        assert {load.cell.save for load in campaign.loaded} == {trials[0].cell.save}

    @pytest.mark.parametrize(
        "column", ["outcome", "phase", "error_type", "error_message", "differs", "max_abs_diff"]
    )
    def test_a_trial_varies_if_one_repeat_differs(self, plan: Corruption, column: str) -> None:
        *equal, last = [self.REFUSED] * len(plan.again.fills["attribute"])
        campaign = FakeCampaign([self.REFUSED], [*equal, {**last, column: "another"}])
        (result,) = campaign.carry_out([trial("attribute.bit.0001")], plan)
        assert result.varies

    @pytest.mark.parametrize(
        "column", sorted(set(CELLS.names) - set(repeats.COMPARED) - {"error_family", "verdict"})
    )
    def test_columns_that_do_not_describe_the_end_are_not_compared(
        self, plan: Corruption, column: str
    ) -> None:
        rows = [self.REFUSED | {column: "another"}] * len(plan.again.fills["superblock"])
        campaign = FakeCampaign([self.REFUSED], rows)
        (result,) = campaign.carry_out([trial("superblock.cut.0001")], plan)
        assert not result.varies

    def test_the_row_of_a_file_that_varies_has_no_error(self, plan: Corruption) -> None:
        result = TrialResult(self.DIED, varies=True)
        content = tables.build(plan, [trial("attribute.bit.0001")], [result])
        (counted,) = pd.read_csv(io.BytesIO(content["corruption.csv"])).to_dict("records")
        assert (counted["varies"], counted["crash"]) == (1, 0)
        files = pd.read_parquet(io.BytesIO(content["corruption_files.parquet"]))
        (file,) = files.to_dict("records")
        assert (file["end"], file["error_type"], file["error_message"]) == ("varies", "", "")

    def test_a_load_that_took_all_memory_is_replaced_by_one_without_a_fill(
        self, plan: Corruption
    ) -> None:
        trials = [trial("heap.bit.0001"), trial("tensor_data.bit.0001")]
        campaign = FakeCampaign([self.FULL] * 2, [self.DIED] * 2)
        results = campaign.carry_out(trials, plan)
        assert [result.row["outcome"] for result in results] == ["crash", "crash"]
        assert [result.varies for result in results] == [False, False]
        assert [load.request for load in campaign.loaded] == [trials[0].request | {"fill": 0}] * 2

    @pytest.mark.parametrize(
        ("unfilled", "filled", "varies"),
        [(FULL, FULL, False), (DIED, FULL, True), (FULL, DIED, True)],
    )
    def test_all_loads_count_if_a_load_that_took_all_memory_is_also_repeated_with_fills(
        self, plan: Corruption, unfilled: Row, filled: Row, varies: bool
    ) -> None:
        fills = plan.again.fills["superblock"]
        campaign = FakeCampaign([self.FULL], [unfilled, *[filled] * len(fills)])
        (result,) = campaign.carry_out([trial("superblock.bit.0001")], plan)
        assert result.varies is varies

    def test_the_plan_of_repeats_names_published_regions(self, plan: Corruption) -> None:
        counts = pd.read_csv(PUBLISHED / "corruption.csv")
        regions = counts["place"][counts["format"].isin(plan.again.formats)]
        assert set(plan.again.fills) <= set(regions)

    @pytest.mark.parametrize("outcome", repeats.NOT_LOADED)
    def test_a_load_that_did_not_take_place_is_not_compared(
        self, plan: Corruption, outcome: str
    ) -> None:
        unloaded = row(outcome=outcome)
        fills = plan.again.fills["superblock"]
        campaign = FakeCampaign(
            [self.REFUSED, unloaded], [unloaded] * len(fills) + [self.REFUSED] * len(fills)
        )
        trials = [trial("superblock.bit.0001"), trial("superblock.bit.0002")]
        results = campaign.carry_out(trials, plan)
        assert [(result.row, result.varies) for result in results] == [
            (self.REFUSED, False),
            (unloaded, False),
        ]
        assert results[0].repeats == (unloaded,) * len(fills)

    def test_other_damage_is_loaded_only_once(self, plan: Corruption) -> None:
        campaign = FakeCampaign([row(outcome="equal")])
        (result,) = campaign.carry_out([trial("tensor_data.bit.0001")], plan)
        assert result == TrialResult(row(outcome="equal"))
        assert campaign.loaded == [trial("tensor_data.bit.0001")]

    @pytest.mark.parametrize(
        ("word", "problem"),
        [
            ("again.formats=[weight_h5]", "no format 'weight_h5' in formats"),
            ("again.fills.superblock=[0]", "again.fills.superblock: 0 is no byte"),
            ("+again.fills.heap=[256]", "again.fills.heap: 256 is no byte"),
        ],
    )
    def test_each_bad_plan_of_repeats_is_a_fault(self, word: str, problem: str) -> None:
        with pytest.raises(ConfigFaultsError, match=problem):
            settings.load([word])


def test_memory_is_filled_in_every_environment(plan: Corruption) -> None:
    ((name, value),) = plan.variables.items()
    assert "glibc.malloc.perturb=" in value
    assert {environment.variables[name] for environment in plan.environment.values()} == {value}


FILLED = """
import ctypes
from experiments.scenarios import _fresh_memory
_fresh_memory.fill({byte})
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
print(set(ctypes.string_at(library.malloc(5000), 5000)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only the GNU C library fills memory")
@pytest.mark.parametrize("byte", [1, 171])
def test_fresh_memory_holds_the_complement_of_a_fill(byte: int) -> None:
    program = [sys.executable, "-c", FILLED.format(byte=byte)]
    assert subprocess.check_output(program, text=True, cwd=ROOT) == f"{{{255 - byte}}}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux fixes addresses")
def test_addresses_are_fixed_for_processes_that_start_inside_and_drawn_afterwards() -> None:
    show = [sys.executable, "-c", "print(open('/proc/self/maps').read().split('[stack]')[0][-80:])"]

    def stacks() -> set[str]:
        return {subprocess.check_output(show, text=True) for _ in range(4)}

    with addresses.fixed() as granted:
        assert addresses.kind() == ("fixed" if granted else "drawn")
        assert len(stacks()) == 1 or not granted
    assert addresses.kind() == "drawn"
    assert len(stacks()) > 1
