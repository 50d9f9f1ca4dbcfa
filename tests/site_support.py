"""What is in the pages of a site?"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urldefrag, urljoin

Pages = Mapping[PurePosixPath, "Found"]


class Found(HTMLParser):
    """Collects what a page refers to, the places it has, and its script elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.parts: list[str] = []
        self.places: set[str] = set()
        self.handlers: list[str] = []
        self.headings: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = dict(attributes)
        if tag == "a" and known.get("href"):
            self.links.append(str(known["href"]))
        for key in ("src", "href"):
            if tag in ("script", "link", "img") and known.get(key):
                self.parts.append(str(known[key]))
        self.places |= {str(known[key]) for key in ("id", "name") if known.get(key)}
        self.handlers += [key for key in known if key.startswith("on")]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))


def led_to(page: PurePosixPath, link: str) -> tuple[PurePosixPath, str]:
    path, place = urldefrag(urljoin(f"file:///{page}", link))
    return PurePosixPath(unquote(path.removeprefix("file:///"))), place


def lost_links(pages: Pages, site: Container[PurePosixPath]) -> Iterator[tuple[str, str]]:
    """Name each page and link that leads to no file, or to no place in it."""
    for page, found in pages.items():
        for link in found.links:
            if re.match(r"[a-z]+:", link):
                continue
            path, place = led_to(page, link)
            anywhere = not place or "=" in place  # what a script reads is no place
            if path not in site or not (anywhere or place in pages[path].places):
                yield str(page), link
