"""What causes this error, going by what was measured?

    python -m report.explain "ValueError: You are trying to load …"

The text may be a whole traceback, from the command line, a file or standard input. Exit status 0,
also for a message that is not known; 2 for what is no text at all.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from report.data import Cell, DataError, Results, read
from report.places import pairs_text
from report.rows import percent
from report.search import Complaint, Index, Match, complaint
from report.wording import shortened

LONGEST = 1_000_000
"""Bytes; of a longer text the end is read, where a traceback has its message."""
CAUSES, NEAREST, EXAMPLES = 5, 3, 2


class NoText(Exception):
    """Raised for input in which there is nothing to look up."""


@dataclass(frozen=True)
class Cause:
    """A scenario in which the message is raised, and how often among all that raise it."""

    cause: str
    scenario: str
    question: str
    situations: int
    where: str
    examples: tuple[str, ...]


def causes(results: Results, matches: Sequence[Match]) -> list[Cause]:
    """Rank what the matching cells have in common, by situations.

    A situation is a case in one format, loaded by one release: that many savers meet in it says
    nothing more of the cause.
    """
    groups: dict[tuple[str, str], list[Cell]] = {}
    for match in matches:
        for cell in match.cells:
            groups.setdefault((cell.cause, cell.scenario), []).append(cell)
    found = [
        Cause(
            cause,
            scenario,
            results.question(scenario),
            len({_situation(cell) for cell in cells}),
            pairs_text([cell.pair for cell in cells], results.releases),
            tuple(cell.cell for cell in _various(cells)),
        )
        for (cause, scenario), cells in groups.items()
    ]
    return sorted(found, key=lambda one: (-one.situations, one.scenario))


def _situation(cell: Cell) -> tuple[str, ...]:
    return cell.case, cell.format, cell.api, cell.loaded_with or cell.saved_with


def _various(cells: Sequence[Cell]) -> list[Cell]:
    """Choose a few cells of different cases."""
    by_case: dict[str, Cell] = {}
    for cell in cells:
        by_case.setdefault(cell.case, cell)
    return list(by_case.values())[:EXAMPLES]


def explain(results: Results, asked: Complaint) -> Iterator[str]:
    """Say in lines what the message means."""
    index = Index(results.cells)
    known = index.known(asked)
    if not known:
        yield "No measured load or save ended with this message."
        nearest = index.nearest(asked)[:NEAREST]
        if nearest:
            yield "The nearest that did, which may have nothing to do with it:"
        for match in nearest:
            yield f"  {_share(match.likeness)} alike  {_quoted(match.example)}"
        return
    cells = [cell for match in known for cell in match.cells]
    releases = results.releases
    speakers = releases.intervals({cell.loaded_with or cell.saved_with for cell in cells})
    yield _quoted(known[0].example)
    yield f"Raised by {releases.product} {speakers}: {len(cells)} of the measured loads and saves."
    yield ""
    found = causes(results, known)
    whole = sum(one.situations for one in found)
    yield "What was done, by how many of the situations that end so:"
    for one in found[:CAUSES]:
        yield f"  {percent(one.situations, whole):>5}  {one.cause}: {one.question}"
        yield f"         {results.releases.product} {one.where}"
        for example in one.examples:
            yield f"         {example}"
    verdicts = Counter(cell.verdict for cell in cells)
    if set(verdicts) == {"refused"}:
        yield ""
        yield "All of these should be refused: the file and what it is loaded into do not match."


def _quoted(cell: Cell) -> str:
    return f"{cell.error_type.rsplit('.', 1)[-1]}: {shortened(cell.error_message)}"


def _share(likeness: float) -> str:
    return f"{100 * likeness:3.0f} %"


def decoded(raw: bytes) -> str:
    """Return pasted bytes as text; raises `NoText` where they are none."""
    try:
        text = raw[-LONGEST:].decode("utf-8", "ignore" if len(raw) > LONGEST else "strict")
    except UnicodeDecodeError:
        raise NoText("this is not text in UTF-8. Give the error as it was printed.") from None
    if "\0" in text:
        raise NoText("this is binary. Give the error as it was printed.")
    if not any(letter.isalpha() for letter in text):
        raise NoText("there is no word in this. Give the error as it was printed.")
    return text


def _asked(words: Sequence[str], file: Path | None) -> str:
    if words and words != ["-"]:
        return decoded(" ".join(words).encode("utf-8", "surrogateescape"))
    if file is not None:
        try:
            return decoded(file.read_bytes())
        except OSError as error:
            raise NoText(f"{file}: {error.strerror}. Name a file that can be read.") from None
    return decoded(sys.stdin.buffer.read())


def main(arguments: Sequence[str] | None = None) -> int:
    """Explain the error of the command line."""
    parser = argparse.ArgumentParser(prog="python -m report.explain", description=__doc__)
    parser.add_argument("text", nargs="*", help="the error; `-` or nothing: standard input")
    parser.add_argument("--file", type=Path, help="a file with the error")
    parser.add_argument("--data", type=Path, default=Path("results/published"))
    chosen = parser.parse_args(arguments)
    try:
        asked = complaint(_asked(chosen.text, chosen.file))
        lines = list(explain(read(chosen.data), asked))
    except (DataError, NoText) as fault:
        print(fault, file=sys.stderr)
        return 2
    print(*lines, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
