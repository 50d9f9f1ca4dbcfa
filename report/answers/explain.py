"""Explain an error: its message, the ways out, its causes, and the cells that ended with it.

    python -m report.answers.explain "ValueError: You are trying to load …"

The text may be a whole traceback, from the command line, a file or standard input. Exit status 0,
also for an unknown message; 2 for input without any text.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from report.answers.blames import Blame, blames, by_cause, likely, of_different_cases
from report.answers.damaged import LOOK, Wording, messages_of_damaged_files, occurrence
from report.answers.errors import Entry, entry
from report.answers.search import Index, PastedError, parsed, weights
from report.answers.sentences import SENTENCES
from report.read.cells import Cell, DataError, Results, read
from report.writing.listings import pairs_text
from report.writing.text import one_line, shortened
from results.error_index import OTHER, ErrorIndex

LONGEST = 1_000_000
"""Bytes; of a longer text the end is read, where a traceback has its message."""
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
"""The codes by which a terminal colours text; notebooks keep them."""
CAUSES, NEAREST, SCENARIOS = 5, 3, 2
"""How many causes, nearest messages, and scenarios of a cause are shown."""


class NoText(Exception):
    """Raised for input without a word to look up."""


def matching_cells(results: Results, error: PastedError) -> list[Cell]:
    """Return the cells that ended with the reader's message; none if no cell did.

    These are the cells of the message's entry in the error index. A message without an entry, or of
    an entry without cells, is searched for among all messages.
    """
    declared = results.declared("error")
    patterns = {name: str(texts["pattern"]) for name, texts in declared.items()}
    entry = ErrorIndex(patterns).entry(error.kind, one_line(error.message))
    cells = [cell for cell in results.cells if cell.error_family == entry != OTHER]
    return cells or [cell for match in Index(results.cells).matches(error) for cell in match.cells]


def explain(
    results: Results, error: PastedError, damaged: Callable[[], Sequence[Wording]] = list
) -> Iterator[str]:
    """Yield the lines of the answer to an error.

    `damaged` returns the messages that only damaged files ended with. It is called if no cell ended
    with the reader's message.
    """
    cells = matching_cells(results, error)
    if not cells:
        yield from _without_a_cell(results, error, damaged)
        return
    releases = results.releases
    speakers = releases.intervals({cell.speaker for cell in cells})
    likenesses = weights(error, cells)
    yield _quoted(max(cells, key=lambda cell: likenesses.get(cell.cell, 0.0)))
    yield from _advice(_entry(results, cells))
    if {cell.verdict for cell in cells} == {"refused"}:
        yield ""
        yield SENTENCES["rejected"]
    yield ""
    yield f"Raised by {releases.product} {speakers}: {len(cells)} of the measured loads and saves."
    yield f"Causes. {SENTENCES['assumption']}"
    yield from _causes(results, by_cause(blames(results, cells, likenesses)))


def causes(results: Results, error: PastedError) -> dict[str, list[Blame]]:
    """Rank the causes of an error, each with its scenarios; empty if no cell ended with it."""
    cells = matching_cells(results, error)
    return by_cause(blames(results, cells, weights(error, cells)))


def _causes(results: Results, groups: Mapping[str, list[Blame]]) -> Iterator[str]:
    ranking = [blame for group in groups.values() for blame in group]
    for cause, group in [*groups.items()][:CAUSES]:
        yield f"  {likely(group, ranking):>5}  {cause.replace('_', ' ')}"
        for blame in group[:SCENARIOS]:
            yield f"         {blame.question}"
            where = pairs_text([cell.pair for cell in blame.cells], results.releases)
            yield f"         {results.releases.product} {where}, for example"
            yield from (f"           {cell.cell}" for cell in of_different_cases(blame.cells))


def _entry(results: Results, cells: Sequence[Cell]) -> Entry:
    """Return the entry of the error index that most of the cells belong to."""
    ((name, _),) = Counter(cell.error_family for cell in cells).most_common(1)
    return entry(results, name, cells, results.declared("error").get(name, {}))


def _advice(entry: Entry) -> Iterator[str]:
    if not entry.check:
        return
    yield ""
    yield f"{entry.name}: {entry.says}"
    yield f"Check first: {entry.check}"
    if entry.ways_out:
        yield "Ways out:"
    for way_out in entry.ways_out:
        yield f"  {way_out.do} ({way_out.result})"


def _without_a_cell(
    results: Results, error: PastedError, damaged: Callable[[], Sequence[Wording]]
) -> Iterator[str]:
    matches = Index(damaged()).matches(error)
    if matches:
        yield SENTENCES["damaged"]
        for wording in (wording for match in matches for wording in match.cells):
            yield f"  {_quoted(wording)}"
            yield f"  {occurrence(results, wording)}"
        yield f"Check first: {LOOK}"
        return
    yield SENTENCES["unknown"]
    nearest = Index(results.cells).nearest(error)[:NEAREST]
    if nearest:
        yield SENTENCES["nearest"]
    for match in nearest:
        yield f"  {100 * match.likeness:3.0f} % alike  {_quoted(match.example)}"


def _damaged(results: Results, folder: Path) -> Sequence[Wording]:
    from report.read import corruption  # imports pandas, which most answers do not need

    tables = corruption.read(folder) if corruption.there(folder) else None
    return messages_of_damaged_files(results, tables)


def _quoted(cell: Cell | Wording) -> str:
    return f"{cell.error}: {shortened(cell.error_message)}".removeprefix(": ")


def decoded(raw: bytes) -> str:
    """Return pasted bytes as text; raise `NoText` for binary data and for text without a word."""
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


def pasted(words: Sequence[str], file: Path | None) -> str:
    """Return the text of the command line's words, of a file, or of standard input."""
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
    options = parser.parse_args(arguments)
    try:
        error = parsed(pasted(options.text, options.file))
        results = read(options.data)
        lines = list(explain(results, error, lambda: _damaged(results, options.data)))
    except (DataError, NoText) as fault:
        print(fault, file=sys.stderr)
        return 2
    print(*lines, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
