"""Choose the damages of a model's files: every kind of damage, in every region.

Some damages are enumerated: a file that was changed as a whole, a missing or doubled file or
member, a cut at each boundary between two regions. The others are drawn by the seed, as many in
each region, whatever its size.
"""

from __future__ import annotations

import random
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle, islice

from experiments.corruption.anatomy import byte_maps, hdf5
from experiments.corruption.anatomy.byte_map import ByteMap
from experiments.corruption.config import Draws
from experiments.run.store import Line
from experiments.scenarios import _damages

TRANSFERS = (
    *("crlf", "lf", "utf8", "utf8_lossy", "byte_order_mark", "lfs_pointer", "html_page", "gzip"),
    *("second_half_zero", "twice", "empty"),
)
"""The changes of a whole file that occur when it is transferred."""
FILE, MEMBER = "file", "member"
"""The regions of damages to a whole file, and to a member of a file."""
PATIENCE = 1000
"""The rounds of draws without a new damage after which all regions are exhausted."""

Run = tuple[str, int, int]
"""A stretch of bytes in one region: the file's name, its start, its end."""
Candidate = tuple[str, str, Line]
"""A damage that may be a duplicate or change nothing: its region, its kind, its change."""


@dataclass(frozen=True)
class Damage:
    """One damage of a model's files.

    `number` counts the damages of a region and kind from 1. `change` is the argument of
    `_damages.inflict`.
    """

    region: str
    kind: str
    number: int
    change: Line

    @property
    def case(self) -> str:
        """The case in the id of the cell that loads the damaged file."""
        return f"{self.region}.{self.kind}.{self.number:04}"


CONTROL = Damage("file", "none", 1, {"file": "", "do": "none"})
"""No damage: the file is loaded as it was saved."""


def damages(
    files: Mapping[str, bytes], count: int, draws: Draws, stretch: int, seed: str
) -> list[Damage]:
    """Return `count` different damages of a model's files, each of which changes a byte.

    Returns fewer if the files have fewer. Raises `UnknownStructureError` for a file whose layout
    differs from that of its format.
    """
    maps = byte_maps(files)
    numbers, changes, result = Counter[tuple[str, str]](), set[str](), list[Damage]()
    for region, kind, change in _candidates(maps, draws, stretch, seed):
        if repr(change) in changes or not _has_effect(maps, change):
            continue
        changes.add(repr(change))
        numbers[region, kind] += 1
        result.append(Damage(region, kind, numbers[region, kind], change))
        if len(result) == count:
            break
    return result


def _candidates(
    maps: Mapping[str, ByteMap], draws: Draws, stretch: int, seed: str
) -> Iterator[Candidate]:
    """Yield drawn and enumerated damages in turn, so that the first few have some of each."""
    enumerated = [*_transfers(maps), *_members(maps), *_cuts(maps)]
    random.Random(seed).shuffle(enumerated)
    remaining = iter(enumerated)
    for candidate in _drawn(maps, draws, stretch, seed):
        yield candidate
        yield from islice(remaining, 1)
    yield from remaining


def _has_effect(maps: Mapping[str, ByteMap], change: Line) -> bool:
    """Return whether a change changes a byte; changes of files and members always do."""
    if change["do"] in _damages.FILES or "member" in change:
        return True
    content = maps[change["file"]].content
    return bool(_damages.changed(content, change) != content)


def _transfers(maps: Mapping[str, ByteMap]) -> Iterator[Candidate]:
    for name in maps:
        for kind in TRANSFERS:
            yield FILE, kind, {"file": name, "do": kind}


def _members(maps: Mapping[str, ByteMap]) -> Iterator[Candidate]:
    """Remove or double each member, and each file if there are several."""
    for name, byte_map in maps.items():
        if len(maps) > 1:
            yield FILE, "missing_file", {"file": name, "do": "missing_file"}
            yield FILE, "doubled_file", {"file": name, "do": "doubled_file"}
        for member in _member_names(byte_map.content):
            yield MEMBER, "missing", {"file": name, "do": "without_member", "member": member}
            yield MEMBER, "doubled", {"file": name, "do": "doubled_member", "member": member}


def _member_names(content: bytes) -> list[str]:
    if content.startswith(hdf5.SIGNATURE):
        return hdf5.members(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return archive.namelist()
    return []


def _cuts(maps: Mapping[str, ByteMap]) -> Iterator[Candidate]:
    """Cut each file at each boundary between two regions; the region is the one behind the cut."""
    for name, byte_map in maps.items():
        for region, start, _ in byte_map.runs():
            if start:
                yield region, "boundary", {"file": name, "do": "cut", "at": start}


def _drawn(
    maps: Mapping[str, ByteMap], draws: Draws, stretch: int, seed: str
) -> Iterator[Candidate]:
    """Draw a damage in each region in turn, until all regions are exhausted."""
    runs: dict[str, list[Run]] = defaultdict(list)
    for name, byte_map in maps.items():
        for region, start, end in byte_map.runs():
            runs[region].append((name, start, end))
    generators = {region: random.Random(f"{seed}/{region}") for region in runs}
    order = [kind for kind, times in vars(draws).items() for _ in range(times)]
    random.Random(seed).shuffle(order)
    drawn, idle_rounds = set[str](), 0
    for kind in cycle(order):
        for region in sorted(runs):
            change = _draw(generators[region], kind, runs[region], stretch)
            if repr(change) not in drawn:
                drawn.add(repr(change))
                idle_rounds = 0
                yield region, kind, change
        idle_rounds += 1
        if idle_rounds > PATIENCE:
            return


def _draw(generator: random.Random, kind: str, runs: Sequence[Run], stretch: int) -> Line:
    """Draw one change in the runs of a region, each byte of which is equally likely.

    The order of the calls of `generator` decides the published damages: do not change it.
    """
    name, start, end = generator.choices(runs, [end - start for _, start, end in runs])[0]
    offset, bits = generator.randrange(start, end), generator.randrange(1, 256)
    if kind in ("bit", "byte"):
        flipped = 1 << bits % 8 if kind == "bit" else bits
        return {"file": name, "do": "flip", "at": offset, "bits": flipped}
    if kind == "cut":
        return {"file": name, "do": "cut", "at": offset}
    length = min(stretch, end - start)
    first = generator.randrange(start, end - length + 1)
    if kind == "zero":
        return {"file": name, "do": "zero", "at": first, "length": length}
    partners = [run for run in runs if run[0] == name and run[2] - run[1] >= length]
    _, low, high = generator.choice(partners)
    second = generator.randrange(low, high - length + 1)
    return {"file": name, "do": "swap", "at": first, "other": second, "length": length}
