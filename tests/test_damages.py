"""Check that files are damaged in every region, each in another way, and repeatably."""

from __future__ import annotations

import io
import zipfile
from collections import Counter

import h5py
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_anatomy import CONFIG, bundle_files, model, zipped

from experiments.corruption.anatomy import byte_maps
from experiments.corruption.config import Draws
from experiments.corruption.damages import FILE, MEMBER, TRANSFERS, Damage, damages
from experiments.run.store import Line
from experiments.scenarios import _damages

DRAWS = Draws(bit=4, byte=2, zero=2, swap=1, cut=1)
H5 = {"classifier.h5": model()}
KERAS = {"c.keras": zipped(("config.json", CONFIG.encode()), ("model.weights.h5", model()))}


def choose(files: dict[str, bytes], count: int = 600, seed: str = "1/h5") -> list[Damage]:
    return damages(files, count, DRAWS, 64, seed)


@pytest.mark.parametrize("files", [H5, KERAS], ids=["h5", "keras"])
def test_the_requested_number_of_damages_is_chosen_and_all_differ(files: dict[str, bytes]) -> None:
    chosen = choose(files)
    assert len(chosen) == 600
    assert len({repr(damage.change) for damage in chosen}) == 600
    assert len({damage.case for damage in chosen}) == 600


@pytest.mark.parametrize("files", [H5, KERAS], ids=["h5", "keras"])
def test_each_damage_changes_the_file(files: dict[str, bytes]) -> None:
    ((name, content),) = files.items()
    for damage in choose(files):
        assert _damages.changed(content, damage.change) != content, damage
        assert damage.change["file"] == name


def test_the_seed_determines_the_damages() -> None:
    assert choose(H5) == choose(H5)
    assert choose(H5) != choose(H5, seed="2/h5")


def test_small_regions_get_about_as_many_damages_as_large_ones() -> None:
    kinds = ("bit", "byte", "zero")
    count = Counter(damage.region for damage in choose(H5, 2000) if damage.kind in kinds)
    (byte_map,) = byte_maps(H5).values()
    assert set(count) == set(byte_map.regions)
    assert max(count.values()) < 2 * min(count.values())


def test_a_drawn_damage_changes_bytes_of_its_region() -> None:
    (byte_map,) = byte_maps(H5).values()
    for damage in choose(H5):
        if damage.kind in ("bit", "byte", "cut"):
            assert byte_map.regions[damage.change["at"]] == damage.region
        if damage.kind in ("zero", "swap"):
            offset, length = damage.change["at"], damage.change["length"]
            assert set(byte_map.regions[offset : offset + length]) == {damage.region}


def test_a_file_is_cut_at_every_boundary() -> None:
    (byte_map,) = byte_maps(H5).values()
    chosen = choose(H5, 1000)
    cuts = {damage.change["at"] for damage in chosen if damage.kind in ("boundary", "cut")}
    assert cuts >= {start for _, start, _ in byte_map.runs() if start}


def test_every_transfer_and_every_member_is_damaged() -> None:
    chosen = choose(KERAS)
    assert {damage.kind for damage in chosen if damage.region == FILE} == set(TRANSFERS)
    members = [damage for damage in chosen if damage.region == MEMBER]
    assert sorted((damage.kind, damage.change["member"]) for damage in members) == [
        ("doubled", "config.json"),
        ("doubled", "model.weights.h5"),
        ("missing", "config.json"),
        ("missing", "model.weights.h5"),
    ]


def test_each_file_of_a_folder_is_removed_and_doubled() -> None:
    kinds = Counter(damage.kind for damage in choose(bundle_files(), 100))
    assert (kinds["missing_file"], kinds["doubled_file"]) == (2, 2)


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 300), seed=st.text(max_size=3), stretch=st.integers(1, 200))
def test_any_count_seed_and_stretch_gives_that_number_of_damages(
    count: int, seed: str, stretch: int
) -> None:
    assert len(damages(H5, count, DRAWS, stretch, seed)) == count


def test_the_draws_end_when_all_regions_are_exhausted() -> None:
    tiny = {"m/fingerprint.pb": b"ab"}
    chosen = damages(tiny, 10**6, Draws(bit=1, byte=0, zero=0, swap=0, cut=0), 1, "1")
    assert Counter(damage.kind for damage in chosen)["bit"] == 16


def changed(content: bytes, **change: object) -> bytes:
    damage: Line = {"file": "", **change}
    return bytes(_damages.changed(content, damage))


class TestChanges:
    """Check the content of a file after each change."""

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
    def test_of_bytes(self, damage: Line, after: bytes) -> None:
        assert changed(b"abcd", **damage) == after

    def test_of_line_ends_and_encodings(self) -> None:
        assert changed(b"a\nb", do="crlf") == b"a\r\nb"
        assert changed(b"a\r\nb", do="lf") == b"a\nb"
        assert changed(b"\x89H", do="utf8") == "\x89H".encode()
        assert changed(b"\x89H", do="utf8_lossy") == "\N{REPLACEMENT CHARACTER}H".encode()

    def test_of_members_of_an_archive(self) -> None:
        content = zipped(("a", b"1"), ("b", b"2"))

        def names(archive: bytes) -> list[str]:
            with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                return opened.namelist()

        assert names(changed(content, do="without_member", member="a")) == ["b"]
        doubled = changed(content, do="doubled_member", member="a")
        assert names(doubled) == ["a", "b", "a"]
        with zipfile.ZipFile(io.BytesIO(doubled)) as opened:
            assert opened.testzip() is None

    def test_of_members_of_hdf5(self) -> None:
        def names(file: bytes) -> list[str]:
            members: list[str] = []
            with h5py.File(io.BytesIO(file)) as opened:
                opened["layers/dense_0/vars"].visit(members.append)
            return sorted(members)

        content, member = model(), "layers/dense_0/vars/0"
        assert names(changed(content, do="without_member", member=member)) == ["1"]
        with h5py.File(io.BytesIO(changed(content, do="doubled_member", member=member))) as opened:
            assert (opened[f"{member} (1)"][()] == opened[member][()]).all()

    def test_gzip_gives_the_same_bytes_each_time(self) -> None:
        assert changed(b"abcd", do="gzip") == changed(b"abcd", do="gzip")
        assert changed(b"abcd", do="gzip").startswith(b"\x1f\x8b")
