"""Turn the report's Markdown into the HTML of a page.

Links get the site's addresses, every id of a cell links to that cell, and a narrow screen can
scroll the tables.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

MOVED = {
    "COMPATIBILITY.md": "index.html",
    "ERRORS.md": "errors.html",
    "REPORTS.md": "reports.html",
    "CHANGES.md": "changes.html",
    "UNANSWERED.md": "unanswered.html",
    "HISTORY.md": "history.html",
    "TIMINGS.md": "timings.html",
    "CORRUPTION.md": "corruption.html",
    "HOSTILE.md": "hostile.html",
}
"""The site's pages by those of the report."""
SECTIONS = {
    "between": "matrix.html",
    "causes": "causes.html",
    "silent": "silent.html",
    "claims": "claims.html",
    "errors": "errors.html",
    "clarity": "causes.html#clarity",
    "changes": "changes.html",
    "scenarios": "scenarios.html",
    "unanswered": "unanswered.html",
    "limits": "method.html",
}
"""The sections of the report's first page that are pages here."""


class Prose:
    """Turns Markdown into HTML; `cells` are the ids that are linked, `up` leads to the top."""

    def __init__(self, cells: Container[str], up: str = "") -> None:
        self.cells, self.up = cells, up
        self._parser = MarkdownIt("commonmark", {"html": True}).enable("table")
        for function in (_table_open, _table_close, _th_open):
            self._parser.add_render_rule(function.__name__.removeprefix("_"), function)
        self._parser.add_render_rule("code_inline", lambda _, *arguments: self._code(*arguments))

    def html(self, markdown: str) -> str:
        """Return a text as HTML, without its comments and its title."""
        text = re.sub(r"\A(\s*<!--.*?-->)?\s*(# [^\n]*\n)?", "", markdown, flags=re.S)
        tokens = self._parser.parse(text)
        for token in tokens:
            for inline in token.children or ():
                self._move(inline)
        rendered: str = self._parser.renderer.render(tokens, self._parser.options, {})
        return rendered

    def _move(self, token: Token) -> None:
        """Give a link or a picture its address on the site."""
        for key in ("href", "src"):
            address = token.attrGet(key)
            if isinstance(address, str):
                token.attrSet(key, self.address(address))

    def address(self, address: str) -> str:
        """Return the site's address for a link of the report."""
        if re.match(r"[a-z]+:", address):
            return address
        path, _, anchor = address.removeprefix("../").partition("#")
        if path in ("", "COMPATIBILITY.md") and anchor.split("-")[0] in SECTIONS:
            page = SECTIONS[anchor.split("-")[0]]
            return self.up + (f"{page.partition('#')[0]}#{anchor}" if "-" in anchor else page)
        page = MOVED.get(path, re.sub(r"\.md$", ".html", path))
        return (self.up + page if page else "") + (f"#{anchor}" if anchor else "")

    def _code(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        text = tokens[index].content
        shown = f"<code>{_escaped(text)}</code>"
        if text in self.cells:
            return f'<a href="{self.up}{cell_address(text)}">{shown}</a>'
        return shown


def cell_address(cell: str) -> str:
    """Return the address of a cell."""
    return f"matrix.html#cell={quote(cell, safe='/')}"


def _escaped(text: str) -> str:
    for character, entity in {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}.items():
        text = text.replace(character, entity)
    return text


def _table_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>\n'


def _table_close(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return "</table></div>\n"


def _th_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    attributes: Mapping[str, str | int | float] = tokens[index].attrs
    style = attributes.get("style")
    return f'<th scope="col"{f" style={chr(34)}{style}{chr(34)}" if style else ""}>'
