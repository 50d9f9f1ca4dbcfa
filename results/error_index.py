"""Finds the entry of the error index to which a message belongs.

An entry's pattern matches every wording of its messages. Loaders wrap one message into another and
put the cause last. The pattern that begins last in a message therefore decides, and of two that
begin together the longer match.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

OTHER = "other"
"""The entry of the messages that no pattern matches."""


class ErrorIndex:
    """The patterns of the error index, by the ids of its entries."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._patterns = {name: re.compile(pattern) for name, pattern in patterns.items()}
        self.entry = cache(self._entry)

    def _entry(self, error: str, message: str) -> str:
        """Return the entry of `error: message`; empty if both are.

        `error` is the exception's class, with or without its module. A load that ended without an
        exception, as by a time limit, is looked up as `limit`.
        """
        if not error and not message:
            return ""
        text = f"{error.rpartition('.')[2] or 'limit'}: {message}"
        matches = [
            (match.start(), match.end() - match.start(), name)
            for name, pattern in self._patterns.items()
            for match in pattern.finditer(text)
        ]
        return max(matches)[2] if matches else OTHER
