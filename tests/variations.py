"""How do people paste an error? Variations of a message, drawn by hypothesis."""

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
    """Draw one of the texts as somebody would paste it."""
    text = draw(st.sampled_from(texts))
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3)):
        text = change(draw, text)
    return text


def _cut_off(draw: st.DrawFn, text: str) -> str:
    """Lose the end, and perhaps the beginning."""
    end = draw(st.integers(0, len(text)))
    begin = draw(st.integers(0, end) | st.just(0))
    return text[begin:end]


def _quoted(draw: st.DrawFn, text: str) -> str:
    """Be quoted in an issue or an e-mail."""
    if draw(st.booleans()):
        return "\n".join(f"> {line}" for line in text.splitlines())
    fence = draw(st.sampled_from(["```", "`", '"', "'", "“"]))
    return f"{fence}\n{text}\n{fence}" if fence == "```" else f"{fence}{text}{fence}"


def _coloured(draw: st.DrawFn, text: str) -> str:
    """Keep the colours of a terminal, as a notebook does."""
    place = draw(st.integers(0, len(text)))
    return f"{RED}{text[:place]}{BOLD}{text[place:]}{RESET}"


def _wrapped(draw: st.DrawFn, text: str) -> str:
    """Be wrapped by a narrow window, words and all."""
    width = draw(st.integers(8, 100))
    lines = textwrap.wrap(text, width, break_long_words=draw(st.booleans()))
    return draw(st.sampled_from(["\n", "\r\n", "\n    "])).join(lines)


def _in_a_traceback(draw: st.DrawFn, text: str) -> str:
    """Stand at the end of a traceback, of which there may be two."""
    whole = TRACEBACK.format(text)
    between = "\nDuring handling of the above exception, another exception occurred:\n\n"
    return between.join([whole] * draw(st.integers(1, 2)))


def _amid_words(draw: st.DrawFn, text: str) -> str:
    """Stand amid what else was typed."""
    return f"{draw(st.text(max_size=30))} {text} {draw(st.text(max_size=30))}"


CHANGES = (_cut_off, _quoted, _coloured, _wrapped, _in_a_traceback, _amid_words)
