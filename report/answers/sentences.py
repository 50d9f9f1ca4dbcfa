"""Hold the sentences of an answer that the terminal and the browser share."""

from __future__ import annotations

SENTENCES = {
    "assumption": "If whatever was tried here is as likely as the rest:",
    "damaged": "No cell ended with this message, but loads of damaged files did.",
    "nearest": "The nearest messages, which may have nothing to do with it:",
    "rejected": (
        "All of these loads are rejected, as they should be: the file and the model that it is "
        "loaded into do not match."
    ),
    "unknown": "No measured load or save ended with this message.",
}
"""Sentences by the place in an answer where they stand."""
