"""Which parts of an error message depend on the run, and what stands in their place?

Temporary paths, the place where packages are installed, and memory addresses; nothing else: two
messages that differ in any other way are two messages.
"""

from __future__ import annotations

import re

LONGEST = 2000
"""How many characters of a message are published."""

ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
SITE_PACKAGES = re.compile(r"(?:/[^\s/'\":;,()<>]+)+/site-packages/")


def message(text: str, scratch: str) -> str:
    """Return `text` without what depends on the run; `scratch` is the cell's own folder."""
    if scratch:
        text = text.replace(scratch + "/work/", "<cell>/").replace(scratch + "/work", "<cell>")
        text = text.replace(scratch + "/home", "<home>").replace(scratch, "<scratch>")
    text = SITE_PACKAGES.sub("<site-packages>/", text)
    text = ADDRESS.sub("0x…", text)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\\0")[:LONGEST]
