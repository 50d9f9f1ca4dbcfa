"""Are files damaged as the plan says: everywhere, each otherwise, the same way each time?"""

from __future__ import annotations

import io
import zipfile
from collections import Counter

import h5py
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_anatomy import CONFIG, bundle_files, model, packed

from experiments.corruption.anatomy import canvases
from experiments.corruption.config import Draws
from experiments.corruption.damages import FILE, MEMBER, TRANSFERS, Damage, damages
from experiments.run.store import Line
from experiments.scenarios import _damages

DRAWS = Draws(bit=4, byte=2, zero=2, swap=1, cut=1)
H5 = {"classifier.h5": model()}
KERAS = {"c.keras": packed(("config.json", CONFIG.encode()), ("model.weights.h5", model()))}


def drawn(files: dict[str, bytes], count: int = 600, seed: str = "1/h5") -> list[Damage]:
    return damages(files, count, DRAWS, 64, seed)


@pytest.mark.parametrize("files", [H5, KERAS], ids=["h5", "keras"])
def test_there_are_as_many_as_asked_for_and_each_is_another(files: dict[str, bytes]) -> None:
    found = drawn(files)
    assert len(found) == 600
    assert len({repr(one.what) for one in found}) == 600
    assert len({one.case for one in found}) == 600


@pytest.mark.parametrize("files", [H5, KERAS], ids=["h5", "keras"])
def test_each_changes_the_file(files: dict[str, bytes]) -> None:
    ((name, content),) = files.items()
    for one in drawn(files):
        assert _damages.changed(content, one.what) != content, one
        assert one.what["file"] == name


def test_the_seed_decides() -> None:
    assert drawn(H5) == drawn(H5)
    assert drawn(H5) != drawn(H5, seed="2/h5")


def test_every_place_gets_about_as_many_however_small_it_is() -> None:
    found = drawn(H5, 2000)
    count = Counter(one.place for one in found if one.kind in ("bit", "byte", "zero"))
    assert set(count) == {kind for canvas in canvases(H5).values() for kind in canvas.kinds}
    assert max(count.values()) < 2 * min(count.values())


def test_a_drawn_damage_is_where_it_is_said_to_be() -> None:
    (canvas,) = canvases(H5).values()
    for one in drawn(H5):
        if one.kind in ("bit", "byte", "cut"):
            assert canvas.kinds[one.what["at"]] == one.place
        if one.kind in ("zero", "swap"):
            at, length = one.what["at"], one.what["length"]
            assert set(canvas.kinds[at : at + length]) == {one.place}


def test_every_boundary_is_cut_at() -> None:
    (canvas,) = canvases(H5).values()
    cuts = {one.what["at"] for one in drawn(H5, 1000) if one.kind in ("boundary", "cut")}
    assert cuts >= {start for _, start, _ in canvas.runs() if start}


def test_transfers_and_members_are_all_there() -> None:
    found = drawn(KERAS)
    kinds = {one.kind for one in found if one.place == FILE}
    assert kinds == set(TRANSFERS)
    members = [one for one in found if one.place == MEMBER]
    assert sorted((one.kind, one.what["member"]) for one in members) == [
        ("doubled", "config.json"),
        ("doubled", "model.weights.h5"),
        ("missing", "config.json"),
        ("missing", "model.weights.h5"),
    ]


def test_files_of_a_folder_go_missing_and_are_doubled() -> None:
    found = [one for one in drawn(bundle_files(), 100) if "file" in one.kind]
    assert Counter(one.kind for one in found) == {"missing_file": 2, "doubled_file": 2}


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 300), seed=st.text(max_size=3), stretch=st.integers(1, 200))
def test_any_plan_can_be_drawn(count: int, seed: str, stretch: int) -> None:
    found = damages(H5, count, DRAWS, stretch, seed)
    assert len(found) == count


def test_a_place_that_is_exhausted_ends_the_drawing() -> None:
    tiny = {"m/fingerprint.pb": b"ab"}
    found = damages(tiny, 10**6, Draws(bit=1, byte=0, zero=0, swap=0, cut=0), 1, "1")
    assert Counter(one.kind for one in found)["bit"] == 16


def change(content: bytes, **damage: object) -> bytes:
    what: Line = {"file": "", **damage}
    return bytes(_damages.changed(content, what))


class TestChanges:
    """What each of them makes of a file."""

    @pytest.mark.parametrize(
        ("damage", "after"),
        [
            ({"do": "flip", "at": 1, "bits": 3}, b"abcd".replace(b"b", b"a")),
            ({"do": "zero", "at": 1, "length": 2}, b"a\0\0d"),
            ({"do": "swap", "at": 0, "other": 2, "length": 2}, b"cdab"),
            ({"do": "cut", "at": 3}, b"abc"),
            ({"do": "empty"}, b""),
            ({"do": "byte_order_mark"}, b"\xef\xbb\xbfabcd"),
            ({"do": "second_half_zero"}, b"ab\0\0"),
            ({"do": "twice"}, b"abcdabcd"),
        ],
    )
    def test_bytes(self, damage: Line, after: bytes) -> None:
        assert change(b"abcd", **damage) == after

    def test_lines_and_letters(self) -> None:
        assert change(b"a\nb", do="crlf") == b"a\r\nb"
        assert change(b"a\r\nb", do="lf") == b"a\nb"
        assert change(b"\x89H", do="utf8") == "\x89H".encode()
        assert change(b"\x89H", do="utf8_lossy") == "\N{REPLACEMENT CHARACTER}H".encode()

    def test_members_of_an_archive(self) -> None:
        content = packed(("a", b"1"), ("b", b"2"))

        def names(changed: bytes) -> list[str]:
            with zipfile.ZipFile(io.BytesIO(changed)) as opened:
                return opened.namelist()

        assert names(change(content, do="without_member", member="a")) == ["b"]
        doubled = change(content, do="doubled_member", member="a")
        assert names(doubled) == ["a", "b", "a"]
        with zipfile.ZipFile(io.BytesIO(doubled)) as opened:
            assert opened.testzip() is None

    def test_members_of_hdf5(self) -> None:
        def names(changed: bytes) -> list[str]:
            found: list[str] = []
            with h5py.File(io.BytesIO(changed)) as opened:
                opened["layers/dense_0/vars"].visit(found.append)
            return sorted(found)

        content, member = model(), "layers/dense_0/vars/0"
        assert names(change(content, do="without_member", member=member)) == ["1"]
        with h5py.File(io.BytesIO(change(content, do="doubled_member", member=member))) as opened:
            assert (opened[f"{member} (1)"][()] == opened[member][()]).all()

    def test_gzip_is_the_same_each_time(self) -> None:
        assert change(b"abcd", do="gzip") == change(b"abcd", do="gzip")
        assert change(b"abcd", do="gzip").startswith(b"\x1f\x8b")
