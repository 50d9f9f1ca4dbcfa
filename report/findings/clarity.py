"""Counts the facts of its cause that a message names.

Each scenario declares the facts that would pinpoint its fault: the layer, the expected and the
actual shape, the file, the missing class.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from report.findings.histories import diagonal
from report.read.cells import Cell, Key, Results
from report.writing.lists import case_list, listed, merged
from report.writing.numbers import percent
from report.writing.text import shortened

FEWEST = 4
"""Cells with a message that are needed to rank the message."""
SHOWN = 10


@dataclass(frozen=True)
class Facts:
    """The facts that the messages of some cells name, of those that would pinpoint the cause."""

    messages: int
    named: int
    declared: int

    @property
    def share(self) -> str:
        """Facts named, in per cent."""
        return percent(self.named, self.declared)

    @property
    def exact(self) -> float:
        """The same, as a number to sort by."""
        return self.named / self.declared if self.declared else 0.0


@dataclass(frozen=True)
class Message:
    """A message of the error index, and the facts that it names."""

    name: str
    facts: Facts
    releases: str
    causes: str
    example: str


@dataclass(frozen=True)
class Turn:
    """Messages about one fault that name more facts, or fewer, than in the release before."""

    release: str
    better: bool
    before: str
    after: str
    scenarios: str
    messages: int


def counted(cell: Cell) -> tuple[int, int]:
    """Return the number of facts that a cell's message names, and of those declared."""
    return _number(cell.facts_named), _number(cell.facts_expected)


def _number(text: str) -> int:
    return int(float(text)) if text else 0


def _judged(cells: Iterable[Cell]) -> list[Cell]:
    """Choose the errors about which facts are declared."""
    return [cell for cell in cells if cell.outcome == "error" and counted(cell)[1]]


def facts(cells: Iterable[Cell]) -> Facts:
    """Add up the facts that the messages of some cells name."""
    counts = [counted(cell) for cell in cells]
    return Facts(
        len(counts), sum(named for named, _ in counts), sum(declared for _, declared in counts)
    )


def by_release(results: Results) -> list[tuple[str, Facts]]:
    """Return the facts that each release names about its own files, all scenarios together."""
    own = [cell for cell in _judged(results.loads) if cell.diagonal]
    groups = merged((cell, cell.loaded_with) for cell in own)
    return [
        (results.releases.label(release), facts(groups[release]))
        for release in results.releases.sort(groups)
    ]


def messages(results: Results) -> list[Message]:
    """Return the facts that each message names, the clearest first."""
    groups = merged((cell, cell.error_family) for cell in _judged(results.loads))
    ranked = [_message(results, name, cells) for name, cells in groups.items()]
    return sorted(ranked, key=lambda one: (-one.facts.exact, -one.facts.messages, one.name))


def _message(results: Results, name: str, cells: Sequence[Cell]) -> Message:
    example = cells[-1]
    return Message(
        name=name,
        facts=facts(cells),
        releases=results.releases.intervals({cell.loaded_with for cell in cells}),
        causes=listed(cell.cause.replace("_", " ") for cell in cells),
        example=f"{example.error}: {shortened(example.error_message, 140)}",
    )


def best_and_worst(ranked: Sequence[Message]) -> tuple[list[Message], list[Message]]:
    """Choose the messages that name most and fewest facts, of those with `FEWEST` cells."""
    frequent = [message for message in ranked if message.facts.messages >= FEWEST]
    best = [message for message in frequent if message.facts.exact == 1.0]
    rest = sorted(
        (message for message in frequent if message.facts.exact < 1.0),
        key=lambda message: (message.facts.exact, -message.facts.messages, message.name),
    )
    return sorted(best, key=lambda message: -message.facts.messages)[:SHOWN], rest[:SHOWN]


def turns(results: Results) -> list[Turn]:
    """Find messages that name more facts, or fewer, than in the release before."""
    steps: dict[tuple[str, bool, str, str], list[tuple[str, Key]]] = {}
    for scenario, cells in results.scenarios.items():
        for key, series in diagonal(cells).items():
            for release, before, after in _steps(results, series):
                better = counted(after)[0] > counted(before)[0]
                group = (release, better, before.error_family, after.error_family)
                steps.setdefault(group, []).append((scenario, key))
    turned = [_turn(*group, keys) for group, keys in steps.items()]
    order = results.releases.positions
    return sorted(turned, key=lambda turn: (order[turn.release], not turn.better, -turn.messages))


def _steps(results: Results, series: dict[str, Cell]) -> Iterator[tuple[str, Cell, Cell]]:
    for previous, release in pairwise(results.releases.ids):
        pair = [series[name] for name in (previous, release) if name in series]
        if len(_judged(pair)) == 2 and counted(pair[0])[0] != counted(pair[1])[0]:
            yield release, pair[0], pair[1]


def _turn(
    release: str,
    better: bool,
    before: str,
    after: str,
    keys: Sequence[tuple[str, Key]],
) -> Turn:
    cases = merged((key[0], scenario) for scenario, key in keys)
    scenarios = "; ".join(f"`{scenario}`: {case_list(names)}" for scenario, names in cases.items())
    return Turn(release, better, before, after, scenarios, len(keys))
