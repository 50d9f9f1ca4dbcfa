"""Name the end of a damaged file's load."""

from __future__ import annotations

from collections.abc import Collection

from results.contract.columns import Row

RIGHT, WRONG, VARIES = "right", "wrong", "varies"
DAMAGED, MISLEADING = "refused_damaged", "refused_misleading"
ENDS = (RIGHT, WRONG, DAMAGED, MISLEADING, "crash", "hang", "out_of_memory", VARIES)
"""Loaded as it was saved; loaded otherwise; refused with a message that says that the file is
damaged; refused with another message; the process died; the load did not end; it took all memory;
its loads did not end alike."""
OF_OUTCOMES = {
    "equal": RIGHT,
    "different": WRONG,
    "crash": "crash",
    "timeout": "hang",
    "out_of_memory": "out_of_memory",
}


def end(row: Row, saying: Collection[str]) -> str:
    """Return the end of a load; '' for a load that did not take place.

    `saying` are the entries of the error index whose messages say that the file is damaged.
    """
    if row["outcome"] == "error":
        return DAMAGED if row["error_family"] in saying else MISLEADING
    return OF_OUTCOMES.get(row["outcome"], "")
