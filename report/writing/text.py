"""Messages on one line, without characters that deceive a reader or a terminal."""

from __future__ import annotations

import re

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
SHOWN_LENGTH = 220
"""Characters of a message in a table."""

_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_TURNING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of writing, so that a text reads as another text."""
_SPACE = re.compile(r"\s+")


def one_line(text: str) -> str:
    r"""Put text on one line, without a terminal's colours and other control characters.

    Marks that turn the direction of writing are named, as `\u202e`.
    """
    shown = _TURNING.sub(lambda mark: f"\\u{ord(mark[0]):04x}", _CONTROL.sub("", text))
    return _SPACE.sub(" ", shown).strip()


def shortened(message: str, length: int = SHOWN_LENGTH) -> str:
    """Put a message on one line and cut it at a word."""
    line = one_line(message)
    if len(line) <= length:
        return line
    return f"{line[:length].rsplit(' ', 1)[0]} {ELLIPSIS}"
