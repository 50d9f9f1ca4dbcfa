"""Draws variations of a message, as people paste errors."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from hypothesis import strategies as st

RED, BOLD, RESET = "\x1b[31m", "\x1b[1m", "\x1b[0m"
TRACEBACK = """\
Traceback (most recent call last):
  File "train.py", line 12, in <module>
    model = keras.models.load_model("model.h5")
  File "/usr/lib/python3.11/site-packages/keras/src/utils/traceback_utils.py", line 70, in handler
    raise e.with_traceback(filtered_tb) from None
{}
"""


@st.composite
def variations(draw: st.DrawFn, texts: Sequence[str]) -> str:
    """Draw one of the texts, changed as by a paste."""
    text = draw(st.sampled_from(texts))
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3)):
        text = change(draw, text)
    return text


def _cut_off(draw: st.DrawFn, text: str) -> str:
    """Cut off the end, and perhaps the beginning."""
    end = draw(st.integers(0, len(text)))
    begin = draw(st.integers(0, end) | st.just(0))
    return text[begin:end]


def _quoted(draw: st.DrawFn, text: str) -> str:
    """Quote the text as in an issue or an e-mail."""
    if draw(st.booleans()):
        return "\n".join(f"> {line}" for line in text.splitlines())
    fence = draw(st.sampled_from(["```", "`", '"', "'", "“"]))
    return f"{fence}\n{text}\n{fence}" if fence == "```" else f"{fence}{text}{fence}"


def _coloured(draw: st.DrawFn, text: str) -> str:
    """Keep the colours of a terminal, as a notebook does."""
    middle = draw(st.integers(0, len(text)))
    return f"{RED}{text[:middle]}{BOLD}{text[middle:]}{RESET}"


def _wrapped(draw: st.DrawFn, text: str) -> str:
    """Wrap the text as in a narrow window, perhaps inside words."""
    width = draw(st.integers(8, 100))
    lines = textwrap.wrap(text, width, break_long_words=draw(st.booleans()))
    return draw(st.sampled_from(["\n", "\r\n", "\n    "])).join(lines)


def _in_a_traceback(draw: st.DrawFn, text: str) -> str:
    """Put the text at the end of one or two tracebacks."""
    traceback = TRACEBACK.format(text)
    separator = "\nDuring handling of the above exception, another exception occurred:\n\n"
    return separator.join([traceback] * draw(st.integers(1, 2)))


def _amid_words(draw: st.DrawFn, text: str) -> str:
    """Put the text between other words."""
    return f"{draw(st.text(max_size=30))} {text} {draw(st.text(max_size=30))}"


CHANGES = (_cut_off, _quoted, _coloured, _wrapped, _in_a_traceback, _amid_words)
