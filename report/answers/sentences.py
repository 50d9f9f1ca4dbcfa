"""Holds the sentences that the answers in the terminal and in the browser share."""

from __future__ import annotations

SENTENCES = {
    "assumption": "The shares hold if all measured situations are equally likely.",
    "damaged": "No measured cell ended with this message, but loads of damaged files did.",
    "nearest": "These measured messages are the most similar; their causes may differ:",
    "rejected": (
        "All of these loads are rejected, as they should be: the file and the model that it is "
        "loaded into do not match."
    ),
    "unknown": "No measured load or save ended with this message.",
}
"""Sentences by their purpose in an answer."""
