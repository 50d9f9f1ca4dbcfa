"""What do the counts of damaged files say? The rows of the page's tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from report.read.corruption import CUT, DATA, ENDS, FLIPPED, NO_ANSWER, Corruption
from report.writing.lists import DASH
from report.writing.numbers import number
from report.writing.text import shortened

Row = dict[str, Any]
LEVEL = 0.95
KINDS = {
    "a bit flipped": ("bit",),
    "a byte changed": ("byte",),
    "a stretch zeroed": ("zero",),
    "two stretches swapped": ("swap",),
    "cut off somewhere": ("cut",),
    "cut off at a boundary": ("boundary",),
    "a member missing": ("missing",),
    "a member doubled": ("doubled",),
    "a file missing": ("missing_file",),
    "a copy of a file beside it": ("doubled_file",),
}
"""What was done, in words; what is none of these happened to a whole file on its way."""
ON_ITS_WAY = {
    "crlf": "line ends written as CR LF",
    "lf": "line ends written as LF",
    "utf8": "taken for Latin-1 and written as UTF-8",
    "utf8_lossy": "taken for UTF-8, what is none replaced",
    "byte_order_mark": "a byte order mark before it",
    "lfs_pointer": "a Git LFS pointer in its place",
    "html_page": "an HTML page in its place",
    "gzip": "left gzipped",
    "second_half_zero": "second half zero: a download that did not end",
    "twice": "appended to itself: a download that was resumed",
    "empty": "empty",
}
MEMBERS = ("zip_header", "zip_directory", "file", "member")
"""The places of an archive that no checksum of a member is of."""
WRONG_SHOWN, MESSAGES_SHOWN = 12, 15


def total(counts: pd.DataFrame) -> dict[str, int]:
    """Add up the ends."""
    return {name: int(counts[name].sum()) for name in ("files", *ENDS)}


def loaded_again(corruption: Corruption) -> int:
    """Count the files that were loaded again, whatever became of them at first."""
    repeated, counts = corruption.origin["config"]["again"], corruption.counts
    is_repeated = counts["format"].isin(repeated["formats"]) & counts["place"].isin(
        repeated["fills"]
    )
    return int(counts[is_repeated]["files"].sum())


def by_format(corruption: Corruption) -> Iterator[Row]:
    """Say of each format how its damaged files ended, drawn damages and others alike."""
    for name in corruption.formats:
        yield {"format": name, **_shares(corruption.counts[corruption.counts["format"] == name])}


def by_kind(corruption: Corruption) -> Iterator[Row]:
    """Say of each kind of damage how it ended, over all formats and places."""
    named = KINDS | {words: (kind,) for kind, words in ON_ITS_WAY.items()}
    for words, kinds in named.items():
        counts = corruption.counts[corruption.counts["damage"].isin(kinds)]
        if len(counts):
            yield {"kind": words, **_shares(counts)}


def of_data(corruption: Corruption) -> Iterator[Row]:
    """Say what becomes of a bit of a weight: for large files nearly every bit is one."""
    counts = corruption.counts
    flips = counts[(counts["place"] == DATA) & (counts["damage"] == "bit")]
    for name in corruption.formats:
        yield {"format": name, **_shares(flips[flips["format"] == name])}


def wrong(corruption: Corruption) -> list[Row]:
    """List the places from which most wrong loads come, the likeliest first."""
    flips = corruption.counts[corruption.counts["damage"].isin((*FLIPPED, *CUT))]
    rows = list[Row]()
    for (name, part), counts in flips.groupby(["format", "place"]):
        ends = total(counts)
        if ends["wrong"]:
            share = _interval(ends["wrong"], ends["files"])
            rows.append({"format": name, "place": part, **ends, "share": share})
    rows.sort(key=lambda row: -row["wrong"] / row["files"])
    return rows[:WRONG_SHOWN]


def checksums(corruption: Corruption) -> Iterator[Row]:
    """Say how many wrong loads a checksum would have noticed, by what it would be of."""
    for name in corruption.formats:
        counts = corruption.counts[corruption.counts["format"] == name]
        ends = total(counts)
        data = total(counts[counts["place"] == DATA])
        inside = total(counts[~counts["place"].isin(MEMBERS)])
        yield {
            "format": name,
            "wrong": number(ends["wrong"]),
            "data": _part(data["wrong"], ends["wrong"]),
            "member": _part(inside["wrong"], ends["wrong"]) if name == "keras" else "",
            "whole": _part(ends["wrong"], ends["wrong"]),
        }


def by_release(corruption: Corruption) -> Iterator[Row]:
    """Say of each format and release how many damaged files are wrong, and how many said to be."""
    for name in corruption.formats:
        of_format = corruption.counts[corruption.counts["format"] == name]
        for release in corruption.releases.sort(of_format["environment"]):
            counts = of_format[of_format["environment"] == release]
            row = {"format": name, "release": corruption.releases.label(release)}
            yield row | _shares(counts)


def misleading(corruption: Corruption) -> list[Row]:
    """List the commonest messages that lead elsewhere."""
    files = corruption.files[corruption.files["end"] == "refused_misleading"]
    words = files.assign(
        kind=files["error_type"].str.rpartition(".")[2],
        words=files["error_message"].map(_first_line),
    )
    groups = words.groupby(["error_family", "kind"])
    rows: list[Row] = [
        {
            "entry": entry,
            "kind": kind,
            "files": len(group),
            "words": shortened(group["words"].value_counts().index[0]),
            "formats": ", ".join(sorted(group["format"].unique())),
        }
        for (entry, kind), group in groups
    ]
    rows.sort(key=lambda row: (-row["files"], row["entry"], row["kind"]))
    return rows[:MESSAGES_SHOWN]


def no_answer(corruption: Corruption) -> list[Row]:
    """List where a damaged file ends the process, hangs or takes all memory."""
    files = corruption.files[corruption.files["end"].isin(NO_ANSWER)]
    rows = list[Row]()
    for (name, part, end, kind), group in files.groupby(
        ["format", "place", "end", "error_type"], dropna=False
    ):
        rows.append(
            {
                "format": name,
                "place": part,
                "end": ENDS[str(end)] + (f" ({str(kind).rpartition('.')[2]})" if kind else ""),
                "files": len(group),
                "releases": corruption.releases.intervals(set(group["environment"])),
            }
        )
    return sorted(rows, key=lambda row: -row["files"])


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else ""


def _shares(counts: pd.DataFrame) -> Row:
    """Write each end as a share of the files; that of the wrong ones with its interval."""
    ends = total(counts)
    files = ends.pop("files")
    row: Row = {name: _part(count, files) for name, count in ends.items()}
    row["none"] = _part(sum(ends[name] for name in NO_ANSWER), files)
    return row | {"files": number(files), "wrong": _interval(ends["wrong"], files)}


def _part(count: int, files: int) -> str:
    return f"{100 * count / files:.1f} %" if files and count else DASH


def _interval(count: int, files: int) -> str:
    """Write a share with its exact interval; of none, how many there may be at most."""
    if not files:
        return DASH
    from scipy.stats import binomtest  # here, because this import takes a second

    interval = binomtest(count, files).proportion_ci(LEVEL, "exact")
    if not count:
        return f"{DASH} (< {100 * interval.high:.1f} %)"
    span = f"{100 * interval.low:.1f}\N{EN DASH}{100 * interval.high:.1f}"
    return f"{100 * count / files:.1f} % ({span})"
