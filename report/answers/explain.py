"""What causes this error, going by what was measured, and what helps?

    python -m report.answers.explain "ValueError: You are trying to load …"

The text may be a whole traceback, from the command line, a file or standard input. Exit status 0,
also for a message that is not known; 2 for what is no text at all.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from report.answers.blames import Blame, blames, by_cause, likely
from report.answers.damaged import LOOK, Wording, beyond, told
from report.answers.errors import Entry, entry
from report.answers.search import Complaint, Index, complaint, weights
from report.answers.wording import one_line, shortened
from report.findings.places import pairs_text
from report.read.cells import Cell, DataError, Results, read
from results.families import OTHER, Families

LONGEST = 1_000_000
"""Bytes; of a longer text the end is read, where a traceback has its message."""
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
"""What a terminal is told to colour text by, which notebooks keep."""
CAUSES, NEAREST, EXAMPLES = 5, 3, 2


class NoText(Exception):
    """Raised for input in which there is nothing to look up."""


def known(results: Results, asked: Complaint) -> list[Cell]:
    """Return the cells that end as the complaint does; none if it is not known.

    They are those of its family in the error index. A message of no family, or of one that no cell
    met, is looked for among all wordings.
    """
    patterns = {name: str(one["pattern"]) for name, one in results.declared("error").items()}
    family = Families(patterns).of(asked.error, one_line(asked.message))
    own = [cell for cell in results.cells if cell.error_family == family != OTHER]
    return own or [cell for match in Index(results.cells).known(asked) for cell in match.cells]


def explain(
    results: Results, asked: Complaint, damaged: Callable[[], Sequence[Wording]] = list
) -> Iterator[str]:
    """Say in lines what the message means.

    `damaged` gives what only damaged files ended with; it is asked where no cell knows the message.
    """
    cells = known(results, asked)
    if not cells:
        yield from _unknown(results, asked, damaged)
        return
    releases = results.releases
    speakers = releases.intervals({cell.speaker for cell in cells})
    likest = weights(asked, cells)
    yield _quoted(max(cells, key=lambda cell: likest.get(cell.cell, 0.0)))
    yield f"Raised by {releases.product} {speakers}: {len(cells)} of the measured loads and saves."
    yield ""
    yield from _causes(results, by_cause(blames(results, cells, likest)))
    yield from _advice(_entry(results, cells))
    if {cell.verdict for cell in cells} == {"refused"}:
        yield ""
        yield "All of these should be refused: the file and what it is loaded into do not match."


def causes(results: Results, asked: Complaint) -> dict[str, list[Blame]]:
    """Rank what may have been done, and under each cause its scenarios; empty if not known."""
    cells = known(results, asked)
    return by_cause(blames(results, cells, weights(asked, cells)))


def _causes(results: Results, found: Mapping[str, list[Blame]]) -> Iterator[str]:
    whole = [one for members in found.values() for one in members]
    yield "What may have been done, if whatever was tried here is as likely as the rest:"
    for cause, members in [*found.items()][:CAUSES]:
        yield f"  {likely(members, whole):>5}  {cause}"
        for one in members[:EXAMPLES]:
            yield f"         {one.question}"
            where = pairs_text([cell.pair for cell in one.cells], results.releases)
            yield f"         {results.releases.product} {where}, for example"
            yield from (f"           {cell.cell}" for cell in _various(one.cells))


def _various(cells: Sequence[Cell]) -> list[Cell]:
    """Choose a few cells of different cases."""
    by_case: dict[str, Cell] = {}
    for cell in cells:
        by_case.setdefault(cell.case, cell)
    return list(by_case.values())[:EXAMPLES]


def _entry(results: Results, cells: Sequence[Cell]) -> Entry:
    """Return the entry of the error index that most of the cells belong to."""
    ((name, _),) = Counter(cell.error_family for cell in cells).most_common(1)
    return entry(results, name, cells, results.declared("error").get(name, {}))


def _advice(found: Entry) -> Iterator[str]:
    if not found.check:
        return
    yield ""
    yield f"{found.name}: {found.says}"
    yield f"Look first: {found.check}"
    if found.remedies:
        yield "What helps:"
    for remedy in found.remedies:
        yield f"  {remedy.do} ({remedy.told})"


def _unknown(
    results: Results, asked: Complaint, damaged: Callable[[], Sequence[Wording]]
) -> Iterator[str]:
    found = Index(damaged()).known(asked)
    if found:
        yield "No cell ended with this message, but loads of damaged files did."
        for one in (one for match in found for one in match.cells):
            yield f"  {_quoted(one)}"
            yield f"  {told(results, one)}"
        yield f"Look first: {LOOK}"
        return
    yield "No measured load or save ended with this message."
    nearest = Index(results.cells).nearest(asked)[:NEAREST]
    if nearest:
        yield "The nearest that did, which may have nothing to do with it:"
    for match in nearest:
        yield f"  {100 * match.likeness:3.0f} % alike  {_quoted(match.example)}"


def _damaged(results: Results, folder: Path) -> Sequence[Wording]:
    from report.read import corruption  # pandas, which most answers do not need

    return beyond(results, corruption.read(folder) if corruption.there(folder) else None)


def _quoted(cell: Cell | Wording) -> str:
    return f"{cell.error}: {shortened(cell.error_message)}".removeprefix(": ")


def decoded(raw: bytes) -> str:
    """Return pasted bytes as text; raises `NoText` where they are none."""
    try:
        text = raw[-LONGEST:].decode("utf-8", "ignore" if len(raw) > LONGEST else "strict")
    except UnicodeDecodeError:
        raise NoText("this is not text in UTF-8. Give the error as it was printed.") from None
    if "\0" in text:
        raise NoText("this is binary. Give the error as it was printed.")
    text = COLOURS.sub("", text)
    if not re.search(r"[^\W\d_]{2}", text):
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
    parser = argparse.ArgumentParser(prog="python -m report.answers.explain", description=__doc__)
    parser.add_argument("text", nargs="*", help="the error; `-` or nothing: standard input")
    parser.add_argument("--file", type=Path, help="a file with the error")
    parser.add_argument("--data", type=Path, default=Path("results/published"))
    chosen = parser.parse_args(arguments)
    try:
        asked = complaint(_asked(chosen.text, chosen.file))
        results = read(chosen.data)
        lines = list(explain(results, asked, lambda: _damaged(results, chosen.data)))
    except (DataError, NoText) as fault:
        print(fault, file=sys.stderr)
        return 2
    print(*lines, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
