"""Name the end of a damaged file's load."""

from __future__ import annotations

from collections.abc import Collection

from results.contract.columns import Row

RIGHT, WRONG, VARIES = "right", "wrong", "varies"
DAMAGED, MISLEADING = "refused_damaged", "refused_misleading"
ENDS = (RIGHT, WRONG, DAMAGED, MISLEADING, "crash", "hang", "out_of_memory", VARIES)
"""The model is loaded as it was saved; it is loaded with other values; a message says that the file
is damaged; another message refuses the file; the process died; the load did not end; the load took
all memory; repeated loads ended differently."""
OF_OUTCOMES = {
    "equal": RIGHT,
    "different": WRONG,
    "crash": "crash",
    "timeout": "hang",
    "out_of_memory": "out_of_memory",
}
"""The end of each outcome except `error`, whose end depends on the message."""


def end(row: Row, damage_messages: Collection[str]) -> str:
    """Return the end of a load; '' for a load that did not take place.

    `damage_messages` are the entries of the error index whose messages say that a file is damaged.
    """
    if row["outcome"] == "error":
        return DAMAGED if row["error_family"] in damage_messages else MISLEADING
    return OF_OUTCOMES.get(row["outcome"], "")
