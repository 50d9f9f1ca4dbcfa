"""The templates of the pages, and how they are filled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.writing.markdown import code, plain, stressed
from report.writing.numbers import number, share, share_of
from report.writing.outcomes import VERDICTS
from report.writing.text import shortened

TEMPLATES = Path(__file__).parent.parent / "templates"


def render(template: str, context: Mapping[str, Any]) -> str:
    """Fill a template; return its Markdown without needless blank lines."""
    return _tidy(_environment().get_template(template).render(context))


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # text from the published files goes through `code` or `plain`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"share": share, "share_of": share_of, "verdict_words": VERDICTS}
    environment.filters |= {
        "code": code,
        "plain": plain,
        "shortened": shortened,
        "stressed": stressed,
        "number": number,
        "share": share,
        "share_of": share_of,
    }
    return environment
