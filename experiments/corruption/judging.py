"""What became of a damaged file, in the words of the question?"""

from __future__ import annotations

from collections.abc import Collection

from results.contract.columns import Row

RIGHT, WRONG, VARIES = "right", "wrong", "varies"
DAMAGED, MISLEADING = "refused_damaged", "refused_misleading"
ENDS = (RIGHT, WRONG, DAMAGED, MISLEADING, "crash", "hang", "out_of_memory", VARIES)
"""Loaded and as it was saved; loaded and not; refused with a message that says that the file is
damaged, and with another; the process died; it did not end; it took all memory; not the same
each time."""
OF_OUTCOMES = {
    "equal": RIGHT,
    "different": WRONG,
    "crash": "crash",
    "timeout": "hang",
    "out_of_memory": "out_of_memory",
}


def end(row: Row, saying: Collection[str]) -> str:
    """Return how a trial ended; '' for one that did not take place.

    `saying` are the entries of the error index whose messages say that the file is damaged.
    """
    if row["outcome"] == "error":
        return DAMAGED if row["error_family"] in saying else MISLEADING
    return OF_OUTCOMES.get(row["outcome"], "")
