"""Which entry of the error index does a message belong to?

An entry's pattern is what all wordings of its messages have. Loaders wrap one message into another
and put the cause last: of all patterns that are found in a message, the one that begins last
decides, and of two that begin together the longer match.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

OTHER = "other"
"""The family of the messages that no entry knows."""


class Families:
    """The patterns of the error index, by the ids of its entries."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._patterns = {name: re.compile(pattern) for name, pattern in patterns.items()}
        self.of = cache(self._of)

    def _of(self, error: str, message: str) -> str:
        """Return the family of `error: message`; empty where there is neither.

        `error` is the exception's class, with or without its module; what ended without one, such
        as a time limit, is `limit`.
        """
        if not error and not message:
            return ""
        text = f"{error.rpartition('.')[2] or 'limit'}: {message}"
        places = [
            (found.start(), found.end() - found.start(), name)
            for name, pattern in self._patterns.items()
            for found in pattern.finditer(text)
        ]
        return max(places)[2] if places else OTHER
