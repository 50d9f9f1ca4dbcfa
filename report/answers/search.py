"""Find the published messages that are nearest to a reader's message.

Messages are compared by their words, without the names and numbers that they quote. A word weighs
more, the fewer messages have it (inverse document frequency: Spärck Jones, 1972,
https://doi.org/10.1108/eb026526).
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
"""The least likeness (0 to 1) of two messages that count as the same."""
AS_LIKE = 0.97
"""Messages of at least this share of the best likeness count together with the best."""
ENOUGH = 5
"""Words; a text of at least as many, all of them in one message, counts as a part of it."""
SHARPNESS = 8
"""How fast weight falls with likeness: 0.9 times the likeness has 0.43 times the weight."""
_WORD = re.compile(r"[a-z_]{2,}")
# Not a bare `Exception: `, which Keras writes inside messages before the one that it wraps.
_CLASS = re.compile(
    r"^(?:[\w.]+\.)?(\w*(?:Error|Interrupt|BadZipFile)|\w+(?:Exception|Warning)): ", re.M
)


@dataclass(frozen=True)
class PastedError:
    """The reader's error: the exception's class, if the text names it, and the message."""

    kind: str
    message: str

    @cached_property
    def words(self) -> list[str]:
        """The words of the message, quotations left out unless there is nothing else."""
        return _words(gapped(self.message)) or _words(self.message)

    @cached_property
    def terms(self) -> frozenset[str]:
        """The words, the pairs of words, and the exception's class."""
        pairs = {" ".join(pair) for pair in pairwise(self.words)}
        return frozenset({*self.words, *pairs} | ({self.kind} if self.kind else set()))

    @cached_property
    def whole(self) -> PastedError:
        """The same error with its quotations: the unknown class, the missing key."""
        return _Whole(self.kind, self.message)


class _Whole(PastedError):
    @cached_property
    def words(self) -> list[str]:
        return _words(self.message)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def parsed(text: str) -> PastedError:
    """Find the error in pasted text: the message after the last class, as in a traceback."""
    classes = [*_CLASS.finditer(text)]
    if not classes:
        return PastedError("", text.strip())
    return PastedError(classes[-1][1], text[classes[-1].end() :].strip())


class Ended(Protocol):
    """A cell, or a group of damaged files, that ended with a message."""

    @property
    def cell(self) -> str:
        """The sort key for equal likeness."""

    @property
    def error_type(self) -> str:
        """The exception's class with its module."""

    @property
    def error_message(self) -> str:
        """The message."""


E = TypeVar("E", bound=Ended)


@dataclass(frozen=True)
class Match(Generic[E]):
    """A published message, its likeness (0 to 1), and the cells that ended with it."""

    likeness: float
    terms: frozenset[str]
    cells: tuple[E, ...]

    @property
    def example(self) -> E:
        """One of the cells."""
        return self.cells[0]


class Index(Generic[E]):
    """All published messages, with their quotations (`whole`) or without."""

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

    def nearest(self, error: PastedError) -> list[Match[E]]:
        """Rank all messages by likeness: the weight that both share, over that of each."""
        weight = self._weight(error.terms)
        matches = []
        for terms, cells in self._wordings:
            shared = error.terms & terms
            if shared - {error.kind}:  # many messages share a class and nothing else
                mean = math.sqrt(weight * self._weight(terms))
                matches.append(Match(self._weight(shared) / mean, terms, cells))
        return sorted(matches, key=lambda match: (-match.likeness, match.example.cell))

    def matches(self, error: PastedError) -> list[Match[E]]:
        """Return the messages that have every word of the text, which may have been cut off.

        If there are none, return the likest message and those nearly as like it, and nothing if
        even the likest is too unlike.
        """
        nearest = self.nearest(error)
        complete = [match for match in nearest if error.terms <= match.terms]
        if complete and len(error.words) >= ENOUGH:
            return complete
        if not nearest or nearest[0].likeness < KNOWN:
            return []
        return [match for match in nearest if match.likeness >= AS_LIKE * nearest[0].likeness]


def weights(error: PastedError, cells: Iterable[Cell]) -> dict[str, float]:
    """Return the weight of each cell's message, by id: the likest 1, one without likeness 0."""
    nearest = Index(cells, whole=True).nearest(error.whole)
    return {
        cell.cell: (match.likeness / nearest[0].likeness) ** SHARPNESS
        for match in nearest
        for cell in match.cells
    }


def likeness(error: PastedError, cell: Cell) -> float:
    """Return the share of an error's words that a cell's message has (0 to 1)."""
    terms = error.terms - {error.kind}
    shared = terms & _terms(cell.error_type, cell.error_message)
    return len(shared) / len(terms) if terms else 0.0


@cache
def _terms(error_type: str, message: str, whole: bool = False) -> frozenset[str]:
    error = PastedError(error_type.rsplit(".", 1)[-1], message)
    return error.whole.terms if whole else error.terms
