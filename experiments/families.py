"""Which messages say the same thing about different layers, files and numbers?

A family's id is made of the words that a release's programmers wrote: what varies with the model
(quoted names, paths, shapes, numbers) is left out. It reads as the beginning of the message.
"""

from __future__ import annotations

import re

WORDS = 9
"""How many words of a message make its family."""

_VARIABLE = re.compile(
    r"""
    '[^']*' | "[^"]*" | `[^`]*`          # quoted names
    | <[^<>]*>                           # objects
    | \([^()]*\) | \[[^\[\]]*\] | \{[^{}]*\}   # shapes, lists, configs
    | \S*[/\\=]\S*                       # paths and settings
    | \S*\d\S*                           # numbers and numbered names
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"[A-Za-z]{2,}")


def family(error_type: str, message: str) -> str:
    """Return the id of the family that an error belongs to; empty where there is no error."""
    if not error_type and not message:
        return ""
    kind = error_type.rpartition(".")[2] or "limit"
    words = _WORD.findall(_VARIABLE.sub(" ", message))[:WORDS]
    return "-".join([kind, *words]).lower()
