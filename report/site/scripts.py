"""Write data as a script, in text that is also safe inside a page."""

from __future__ import annotations

import json
from typing import Any


def script(name: str, value: Any) -> str:
    """Return a script that gives the page a value under a name."""
    return f"klm.give({json.dumps(name)},{inert(value)});\n"


def inert(value: Any) -> str:
    """Write JSON without `<` and without the line separators that only JSON allows."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return text.replace("<", r"\u003c")
