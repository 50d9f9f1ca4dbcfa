"""Report what is wrong with the configuration or the command line.

The suite looks for faults before it does any work, and reports all of them at once. Each fault
names a file or a word, the problem and the next step.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

NAME = re.compile(r"[a-z0-9]+(?:[_.-][a-z0-9]+)*")
"""A name that can be part of a cell's id, of a path and of a glob."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong with the configuration or the command line.

    `location` is a file or a command-line word, `fix` the next step.
    """

    location: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.location}: {self.problem}\n    {self.fix}"


class ConfigFaultsError(Exception):
    """Raised once, with every fault; the command ends with exit status 2."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def first_line(error: Exception) -> str:
    """Return the first line of an error's text, or its type if it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


LONGEST_LIST = 60
"""Names that a fault lists at most."""


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return a question for the most similar choice, or the list of choices."""
    names = sorted(choices)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]}?"
    more = len(names) - LONGEST_LIST
    listed = ", ".join(names[:LONGEST_LIST]) or "none"
    return f"Known: {listed}{f' and {more} more' if more > 0 else ''}."
