"""Parses the pages of a site, and finds broken links."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urldefrag, urljoin

Pages = Mapping[PurePosixPath, "ParsedPage"]


class ParsedPage(HTMLParser):
    """Collects a page's links, loaded parts, anchors, event handlers and levels of headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.parts: list[str] = []
        self.anchors: set[str] = set()
        self.handlers: list[str] = []
        self.headings: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "a" and values.get("href"):
            self.links.append(str(values["href"]))
        for key in ("src", "href"):
            if tag in ("script", "link", "img") and values.get(key):
                self.parts.append(str(values[key]))
        self.anchors |= {str(values[key]) for key in ("id", "name") if values.get(key)}
        self.handlers += [key for key in values if key.startswith("on")]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))


def target(page: PurePosixPath, link: str) -> tuple[PurePosixPath, str]:
    """Return the file and the anchor that a link of a page leads to."""
    path, anchor = urldefrag(urljoin(f"file:///{page}", link))
    return PurePosixPath(unquote(path.removeprefix("file:///"))), anchor


def lost_links(pages: Pages, site: Container[PurePosixPath]) -> Iterator[tuple[str, str]]:
    """Yield each page and link that leads to no file, or to no anchor in it."""
    for page, parsed in pages.items():
        for link in parsed.links:
            if re.match(r"[a-z]+:", link):
                continue
            path, anchor = target(page, link)
            anywhere = not anchor or "=" in anchor  # a script reads it
            if path not in site or not (anywhere or anchor in pages[path].anchors):
                yield str(page), link
