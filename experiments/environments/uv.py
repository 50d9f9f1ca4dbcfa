"""Call uv, which the suite's own lock installs."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from uv import find_uv_bin

UV = find_uv_bin()
"""Found once, before there are threads: up to Python 3.12, threads that ask `sysconfig` at one time
may be told None. It can go once the suite needs 3.13: https://github.com/python/cpython/issues/92452
"""


class UvError(Exception):
    """Raised when uv refuses; the text is the start of its complaint."""


def uv(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run uv quietly; return its standard output, raise `UvError` with its complaint."""
    command = [UV, *arguments, "--quiet"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if answer.returncode:
        raise UvError(shortened(answer.stderr))
    return answer.stdout.strip()


def shortened(text: str, lines: int = 6) -> str:
    """Return the first lines of a complaint, on one line."""
    kept: Sequence[str] = [line.strip() for line in text.splitlines() if line.strip()][:lines]
    return " ".join(kept) or "uv gave no reason"
