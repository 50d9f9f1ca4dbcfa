"""How is uv called?

uv comes with the suite's own lock, so that it is there wherever the suite is.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from uv import find_uv_bin


class UvError(Exception):
    """uv refused; the text is what it said, shortened to what a reader needs."""


def uv(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run uv quietly; return its standard output, raise `UvError` with its complaint."""
    command = [find_uv_bin(), *arguments, "--quiet"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if answer.returncode:
        raise UvError(shortened(answer.stderr))
    return answer.stdout.strip()


def shortened(text: str, lines: int = 6) -> str:
    """Return the first lines of a complaint, on one line."""
    kept: Sequence[str] = [line.strip() for line in text.splitlines() if line.strip()][:lines]
    return " ".join(kept) or "uv gave no reason"
