"""What is done to a file? Every kind of damage, at every kind of place.

Some damages are enumerated: what goes wrong with a whole file on its way, a file or member too few
or too many, a file cut off where one part of it ends and the next begins. The others are drawn by
the seed, as many in each kind of place, however large it is.
"""

from __future__ import annotations

import random
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle, islice

from experiments.corruption.anatomy import canvases, hdf5
from experiments.corruption.anatomy.canvas import Canvas
from experiments.corruption.config import Draws
from experiments.run.store import Line
from experiments.scenarios import _damages

TRANSFERS = (
    *("crlf", "lf", "utf8", "utf8_lossy", "byte_order_mark", "lfs_pointer", "html_page", "gzip"),
    *("second_half_zero", "twice", "empty"),
)
"""What goes wrong with a whole file on its way."""
FILE, MEMBER = "file", "member"
"""The places of what is done to a file as a whole, and to a member of one."""
PATIENCE = 1000
"""How often something is drawn that was drawn before, until a place is held to be exhausted."""


@dataclass(frozen=True)
class Damage:
    """One way to damage a model: where, how, the how-manieth of its kind, and the request."""

    place: str
    kind: str
    number: int
    what: Line

    @property
    def case(self) -> str:
        """The part of a cell's id that says which damage it is."""
        return f"{self.place}.{self.kind}.{self.number:04}"


CONTROL = Damage("file", "none", 1, {"file": "", "do": "none"})
"""What is done to a file that is loaded as it was saved."""


def damages(
    files: Mapping[str, bytes], count: int, draws: Draws, stretch: int, seed: str
) -> list[Damage]:
    """Return so many different damages of a model's files, each of which changes a byte.

    Fewer where so many cannot be found. Raises `UnknownStructureError` for a file that is not laid
    out as its format says.
    """
    painted = canvases(files)
    numbers, known, found = Counter[tuple[str, str]](), set[str](), list[Damage]()
    for place, kind, what in _all(painted, draws, stretch, seed):
        if repr(what) in known or not _changes(painted, what):
            continue
        known.add(repr(what))
        numbers[place, kind] += 1
        found.append(Damage(place, kind, numbers[place, kind], what))
        if len(found) == count:
            break
    return found


def _all(
    painted: Mapping[str, Canvas], draws: Draws, stretch: int, seed: str
) -> Iterator[tuple[str, str, Line]]:
    """Yield what is enumerated and what is drawn in turn, so that a few have some of each."""
    enumerated = [*_transfers(painted), *_members(painted), *_cuts(painted)]
    random.Random(seed).shuffle(enumerated)
    left = iter(enumerated)
    for one in _drawn(painted, draws, stretch, seed):
        yield one
        yield from islice(left, 1)
    yield from left


def _changes(painted: Mapping[str, Canvas], what: Line) -> bool:
    """Say whether anything is other than before; of what has a tool of its own, it is."""
    if what["do"] in _damages.FILES or "member" in what:
        return True
    content = painted[what["file"]].content
    return bool(_damages.changed(content, what) != content)


def _transfers(painted: Mapping[str, Canvas]) -> Iterator[tuple[str, str, Line]]:
    for name in painted:
        for kind in TRANSFERS:
            yield FILE, kind, {"file": name, "do": kind}


def _members(painted: Mapping[str, Canvas]) -> Iterator[tuple[str, str, Line]]:
    """Yield what is done to members of the one file, or to each of several."""
    for name, canvas in painted.items():
        if len(painted) > 1:
            yield FILE, "missing_file", {"file": name, "do": "missing_file"}
            yield FILE, "doubled_file", {"file": name, "do": "doubled_file"}
        for member in _names(canvas.content):
            yield MEMBER, "missing", {"file": name, "do": "without_member", "member": member}
            yield MEMBER, "doubled", {"file": name, "do": "doubled_member", "member": member}


def _names(content: bytes) -> list[str]:
    if content.startswith(hdf5.SIGNATURE):
        return hdf5.members(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return archive.namelist()
    return []


def _cuts(painted: Mapping[str, Canvas]) -> Iterator[tuple[str, str, Line]]:
    """Yield a cut at each boundary between two places: what begins there is gone."""
    for name, canvas in painted.items():
        for place, start, _ in canvas.runs():
            if start:
                yield place, "boundary", {"file": name, "do": "cut", "at": start}


def _drawn(
    painted: Mapping[str, Canvas], draws: Draws, stretch: int, seed: str
) -> Iterator[tuple[str, str, Line]]:
    """Draw round and round through the places; end when all of them are exhausted."""
    runs: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for name, canvas in painted.items():
        for place, start, end in canvas.runs():
            runs[place].append((name, start, end))
    chances = {place: random.Random(f"{seed}/{place}") for place in runs}
    order = [kind for kind, times in vars(draws).items() for _ in range(times)]
    random.Random(seed).shuffle(order)
    drawn, idle = set[str](), 0
    for kind in cycle(order):
        for place in sorted(runs):
            what = _draw(chances[place], kind, runs[place], stretch)
            if repr(what) not in drawn:
                drawn.add(repr(what))
                idle = 0
                yield place, kind, what
        idle += 1
        if idle > PATIENCE:
            return


def _draw(
    chance: random.Random, kind: str, runs: Sequence[tuple[str, int, int]], stretch: int
) -> Line:
    """Draw one damage in the stretches of one kind of place; each byte of them is as likely."""
    name, start, end = chance.choices(runs, [end - start for _, start, end in runs])[0]
    at, bits = chance.randrange(start, end), chance.randrange(1, 256)
    if kind in ("bit", "byte"):
        return {
            "file": name,
            "do": "flip",
            "at": at,
            "bits": 1 << bits % 8 if kind == "bit" else bits,
        }
    if kind == "cut":
        return {"file": name, "do": "cut", "at": at}
    length = min(stretch, end - start)
    first = chance.randrange(start, end - length + 1)
    if kind == "zero":
        return {"file": name, "do": "zero", "at": first, "length": length}
    same = [run for run in runs if run[0] == name and run[2] - run[1] >= length]
    _, low, high = chance.choice(same)
    other = chance.randrange(low, high - length + 1)
    return {"file": name, "do": "swap", "at": first, "other": other, "length": length}
