"""Which of the published messages is nearest to this one?

Messages are compared by their words, what they quote left out; a word counts the more, the fewer
messages have it (inverse document frequency: Spärck Jones, 1972, https://doi.org/10.1108/eb026526).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from report.answers.wording import gapped
from report.read.cells import Cell

KNOWN = 0.6
"""From which likeness on (0 to 1) two messages are taken for one."""
AS_LIKE = 0.97
"""Wordings whose likeness is so close to the best one's are taken together with it."""
ENOUGH = 5
"""Words; a text of so many that stands in a message whole is taken for a part of it."""
SHARPNESS = 8
"""How much less a message weighs that is less like: 0.9 times as like, 0.43 times the weight."""
_WORD = re.compile(r"[a-z_]{2,}")
# Not a bare `Exception: `, which Keras writes inside messages before the one that it wraps.
_CLASS = re.compile(
    r"^(?:[\w.]+\.)?(\w*(?:Error|Interrupt|BadZipFile)|\w+(?:Exception|Warning)): ", re.M
)


@dataclass(frozen=True)
class Complaint:
    """What somebody saw: the exception's class, if it was told, and the message."""

    error: str
    message: str

    @cached_property
    def words(self) -> list[str]:
        """The words of the message; what it quotes only if that is all there is."""
        return _words(gapped(self.message)) or _words(self.message)

    @cached_property
    def terms(self) -> frozenset[str]:
        """The words, the pairs of words, and the exception's class."""
        pairs = {" ".join(pair) for pair in pairwise(self.words)}
        return frozenset({*self.words, *pairs} | ({self.error} if self.error else set()))

    @cached_property
    def whole(self) -> Complaint:
        """The same with all that it quotes: the class that is unknown, the key that is missing."""
        return _Whole(self.error, self.message)


class _Whole(Complaint):
    @cached_property
    def words(self) -> list[str]:
        return _words(self.message)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def complaint(text: str) -> Complaint:
    """Find the message in what somebody pasted: after the last class named, as in a traceback."""
    found = [*_CLASS.finditer(text)]
    if not found:
        return Complaint("", text.strip())
    return Complaint(found[-1][1], text[found[-1].end() :].strip())


class Ended(Protocol):
    """What ended with a message: a cell, or many damaged files."""

    @property
    def cell(self) -> str:
        """What orders those that are equally like."""

    @property
    def error_type(self) -> str:
        """The exception's class with its module."""

    @property
    def error_message(self) -> str:
        """The message."""


E = TypeVar("E", bound=Ended)


@dataclass(frozen=True)
class Match(Generic[E]):
    """A published wording, how like it is (0 to 1), and the cells that ended with it."""

    likeness: float
    terms: frozenset[str]
    cells: tuple[E, ...]

    @property
    def example(self) -> E:
        """One of the cells."""
        return self.cells[0]


class Index(Generic[E]):
    """All published wordings, to be searched; with what they quote, or without."""

    def __init__(self, cells: Iterable[E], whole: bool = False) -> None:
        groups: dict[frozenset[str], list[E]] = {}
        for cell in cells:
            if cell.error_type:
                terms = _terms(cell.error_type, cell.error_message, whole)
                groups.setdefault(terms, []).append(cell)
        self._wordings = [(terms, tuple(group)) for terms, group in groups.items()]
        counts = Counter(term for terms, _ in self._wordings for term in terms)
        self._weights: Mapping[str, float] = {
            term: math.log(1 + len(self._wordings) / count) for term, count in counts.items()
        }
        self._unknown = math.log(1 + len(self._wordings))

    def _weight(self, terms: Iterable[str]) -> float:
        return sum(self._weights.get(term, self._unknown) for term in terms)

    def nearest(self, asked: Complaint) -> list[Match[E]]:
        """Rank all wordings by likeness: what is shared over what both have, by weight."""
        own = self._weight(asked.terms)
        found = []
        for terms, cells in self._wordings:
            shared = asked.terms & terms
            if shared - {asked.error}:  # of one class alone are many
                whole = math.sqrt(own * self._weight(terms))
                found.append(Match(self._weight(shared) / whole, terms, cells))
        return sorted(found, key=lambda match: (-match.likeness, match.example.cell))

    def known(self, asked: Complaint) -> list[Match[E]]:
        """Return the wordings that have all of the text, which may have been cut off.

        If none has, the likest one and those as like; none if even that is too unlike.
        """
        found = self.nearest(asked)
        whole = [match for match in found if asked.terms <= match.terms]
        if whole and len(asked.words) >= ENOUGH:
            return whole
        if not found or found[0].likeness < KNOWN:
            return []
        return [match for match in found if match.likeness >= AS_LIKE * found[0].likeness]


def weights(asked: Complaint, cells: Iterable[Cell]) -> dict[str, float]:
    """Say by id how much each cell tells of a complaint: the likest message 1, one unlike it 0."""
    found = Index(cells, whole=True).nearest(asked.whole)
    return {
        cell.cell: (match.likeness / found[0].likeness) ** SHARPNESS
        for match in found
        for cell in match.cells
    }


def likeness(asked: Complaint, cell: Cell) -> float:
    """Say how much of a complaint (0 to 1, by its words) a cell's message has."""
    terms = asked.terms - {asked.error}
    shared = terms & _terms(cell.error_type, cell.error_message)
    return len(shared) / len(terms) if terms else 0.0


@cache
def _terms(error_type: str, message: str, whole: bool = False) -> frozenset[str]:
    found = Complaint(error_type.rsplit(".", 1)[-1], message)
    return found.whole.terms if whole else found.terms
