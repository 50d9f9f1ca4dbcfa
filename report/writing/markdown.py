"""Text from the published files as Markdown, in which nothing of it is markup."""

from __future__ import annotations

import re

from report.writing.outcomes import VERDICTS
from report.writing.text import one_line

BAD = (VERDICTS["silent"], VERDICTS["broken"])
_SPECIAL = re.compile(r"[&<>|*`\[\]$\\~#@]|(?<!\w)_|_(?!\w)")


def code(text: str) -> str:
    """Show text as it is, on one line, also inside a table."""
    if not text:
        return ""
    line = one_line(text).replace("|", r"\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}"


def plain(text: str) -> str:
    """Show text as prose: special characters become entities."""
    return _SPECIAL.sub(lambda special: f"&#{ord(special[0])};", one_line(text))


def stressed(state: str) -> str:
    """Print a state in bold if it hurts a user."""
    return f"**{state}**" if state.startswith(BAD) else state
