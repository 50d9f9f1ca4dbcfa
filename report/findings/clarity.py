"""How much of its cause does a message name?

Each scenario declares the facts that would pinpoint what is wrong: the layer, the expected and the
found shape, the file, the missing class. What counts is how many of them a message has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from report.answers.wording import shortened
from report.findings.grids import Key
from report.findings.histories import diagonal
from report.findings.rows import case_list, listed, merged, percent
from report.read.cells import Cell, Results

FEWEST = 4
"""Messages of a family that are needed for a place among the best and the worst."""
SHOWN = 10


@dataclass(frozen=True)
class Spoken:
    """The facts that some messages name, of those that would pinpoint the cause."""

    messages: int
    named: int
    wanted: int

    @property
    def share(self) -> str:
        """Facts named, in per cent."""
        return percent(self.named, self.wanted)

    @property
    def exact(self) -> float:
        """The same, as a number to sort by."""
        return self.named / self.wanted if self.wanted else 0.0


@dataclass(frozen=True)
class Family:
    """What the messages of one family name."""

    name: str
    spoken: Spoken
    releases: str
    causes: str
    example: str


@dataclass(frozen=True)
class Turn:
    """Messages about one thing that name more, or less, than in the release before."""

    release: str
    better: bool
    was: str
    now: str
    where: str
    messages: int


def counted(cell: Cell) -> tuple[int, int]:
    """Return how many facts a cell's message names, and how many there are to name."""
    return _number(cell.facts_named), _number(cell.facts_expected)


def _number(text: str) -> int:
    return int(float(text)) if text else 0


def _judged(cells: Iterable[Cell]) -> list[Cell]:
    """Choose the errors about which facts are declared."""
    return [cell for cell in cells if cell.outcome == "error" and counted(cell)[1]]


def spoken(cells: Iterable[Cell]) -> Spoken:
    """Add up what some messages name."""
    counts = [counted(cell) for cell in cells]
    return Spoken(len(counts), sum(named for named, _ in counts), sum(all_ for _, all_ in counts))


def by_release(results: Results) -> list[tuple[str, Spoken]]:
    """Return what each release names in the errors about its own files, all scenarios together."""
    own = [cell for cell in _judged(results.loads) if cell.diagonal]
    groups = merged((cell, cell.loaded_with) for cell in own)
    return [
        (results.releases.label(release), spoken(groups[release]))
        for release in results.releases.sort(groups)
    ]


def families(results: Results) -> list[Family]:
    """Return what each family names, the most telling first."""
    groups = merged((cell, cell.error_family) for cell in _judged(results.loads))
    found = [_family(results, name, cells) for name, cells in groups.items()]
    return sorted(found, key=lambda one: (-one.spoken.exact, -one.spoken.messages, one.name))


def _family(results: Results, name: str, cells: Sequence[Cell]) -> Family:
    example = cells[-1]
    return Family(
        name=name,
        spoken=spoken(cells),
        releases=results.releases.intervals({cell.loaded_with for cell in cells}),
        causes=listed(cell.cause.replace("_", " ") for cell in cells),
        example=f"{example.error}: {shortened(example.error_message, 140)}",
    )


def best_and_worst(found: Sequence[Family]) -> tuple[list[Family], list[Family]]:
    """Choose the families that name most and least, of those with messages enough to tell."""
    told = [one for one in found if one.spoken.messages >= FEWEST]
    best = [one for one in told if one.spoken.exact == 1.0]
    rest = sorted(
        (one for one in told if one.spoken.exact < 1.0),
        key=lambda one: (one.spoken.exact, -one.spoken.messages, one.name),
    )
    return sorted(best, key=lambda one: -one.spoken.messages)[:SHOWN], rest[:SHOWN]


def turns(results: Results) -> list[Turn]:
    """Find what is named more, or less, than in the release before, about the same thing."""
    steps: dict[tuple[str, bool, str, str], list[tuple[str, Key]]] = {}
    for scenario, cells in results.scenarios.items():
        for key, series in diagonal(cells).items():
            for release, was, now in _steps(results, series):
                better = counted(now)[0] > counted(was)[0]
                words = (was.error_family, now.error_family)
                place = (release, better, *words)
                steps.setdefault(place, []).append((scenario, key))
    found = [_turn(*place, keys) for place, keys in steps.items()]
    order = results.releases.places
    return sorted(found, key=lambda one: (order[one.release], not one.better, -one.messages))


def _steps(results: Results, series: dict[str, Cell]) -> Iterator[tuple[str, Cell, Cell]]:
    for before, release in pairwise(results.releases.ids):
        was, now = series.get(before), series.get(release)
        if was and now and len(_judged([was, now])) == 2 and counted(was)[0] != counted(now)[0]:
            yield release, was, now


def _turn(
    release: str,
    better: bool,
    was: str,
    now: str,
    keys: Sequence[tuple[str, Key]],
) -> Turn:
    cases = merged((key[0], scenario) for scenario, key in keys)
    where = "; ".join(f"`{scenario}`: {case_list(names)}" for scenario, names in cases.items())
    return Turn(release, better, was, now, where, len(keys))
