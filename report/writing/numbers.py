"""Counts and shares as readers see them."""

from __future__ import annotations

from report.writing.lists import DASH


def number(count: int) -> str:
    """Write a count with a thin space between thousands."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def percent(part: float, whole: float) -> str:
    """Write a share in per cent; a dash where the whole is nothing.

    0 % and 100 % are written only for none and for all.
    """
    if not whole:
        return DASH
    share = 100 * part / whole
    if 0 < part < whole:
        share = min(max(share, 1), 99)
    return f"{share:.0f}\N{NO-BREAK SPACE}%"


def share(part: int, whole: int) -> str:
    """Write a share in a table beside its whole; a dash, which stands out less, for 0 %."""
    return percent(part, whole) if part else DASH


def share_of(part: int, whole: int) -> str:
    """Write a share with its whole: 60 % of 1 155."""
    return f"{percent(part, whole)} of {number(whole)}" if whole else DASH
