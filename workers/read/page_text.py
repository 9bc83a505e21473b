"""Extracts an article from its page, after cheap limits that stop pages made to keep an extractor busy.

It follows no links and believes no more of the page than its words; what is made of them is decided in `reading`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from itertools import islice

import trafilatura

MAX_BYTES = 8_000_000
MAX_TAGS = 100_000
MAX_ATTRIBUTES = 800
MAX_DEPTH = 400
MAX_AUTHORS = 20
MAX_HEADINGS = 5

_SURROGATES = re.compile("[\\ud800-\\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_LINES = re.compile(r"[^\S\n]*\n\s*")
# Elements that pages nest, and that are closed where they are opened; unclosed paragraphs nest nothing.
_NESTING = re.compile(rb"<(/?)(?:div|span|section|article|table|b|i|em|strong|font|ul|ol|blockquote)\b", re.IGNORECASE)
_INSIDE = re.compile(rb"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+""")
_QUOTED = re.compile(rb""""[^"]*+"|'[^']*+'""")
_PROGRAM = re.compile(rb"(?:script|style)\b", re.IGNORECASE)
_HEADING = re.compile(rb"<h1\b[^<>]{0,1000}>(.{0,1000}?)</h1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rb"<[^<>]{0,1000}>")
_LANGUAGE = re.compile(rb"<html\b[^>]{0,2000}?\blang\s*=\s*[\"']?([a-zA-Z]{2,3})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What a page holds of an article; empty where nothing was found."""

    text: str
    title: str
    #: The page's headings of the first rank.
    headings: tuple[str, ...]
    authors: tuple[str, ...]
    #: Midnight UTC of the day the page gives.
    published_at: datetime | None
    #: Primary subtag, as the page says.
    language: str | None


def extract_page(body: bytes, *, with_metadata: bool) -> PageText | str:
    """The article in a page, or why there is none; title, authors and date only `with_metadata`."""
    excess = find_excess(body)
    if excess is not None:
        return excess
    try:
        document = trafilatura.bare_extraction(
            body, fast=True, include_comments=False, include_tables=False, with_metadata=with_metadata
        )
    except Exception as error:  # noqa: BLE001 - hostile pages find new ways; the feed's own words remain
        return f"the page breaks the extractor: {type(error).__name__}"
    if document is None:
        return "no article was found in the page"
    authors = (clean_line(name) for name in (document.author or "").split(";")[:MAX_AUTHORS])
    found = _LANGUAGE.search(body[:20_000])
    return PageText(
        text=clean_text(document.text or ""),
        title=clean_line(document.title or ""),
        headings=_headings(body),
        authors=tuple(dict.fromkeys(name for name in authors if name)),
        published_at=_midnight(document.date),
        language=found[1].decode("ascii").lower() if found else None,
    )


def find_excess(body: bytes) -> str | None:
    """What about a page no real page has, or None."""
    if len(body) > MAX_BYTES:
        return f"the page has more than {MAX_BYTES} bytes"
    if body.count(b"<") > MAX_TAGS:
        return f"the page has more than {MAX_TAGS} tags"
    for piece in body.split(b"<"):
        if len(piece) > 2 * MAX_ATTRIBUTES and not piece.startswith(b"!") and _attributes(piece) > MAX_ATTRIBUTES:
            return f"the page has a tag with more than {MAX_ATTRIBUTES} attributes"
    depth = deepest = 0
    for match in _NESTING.finditer(body):
        depth = max(depth - 1, 0) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return f"the page nests more than {MAX_DEPTH} elements" if deepest > MAX_DEPTH else None


def _attributes(piece: bytes) -> int:
    inside = _INSIDE.match(piece)
    named = len(_QUOTED.sub(b" ", inside[0]).split()) if inside else 0
    if _PROGRAM.match(piece):
        return named
    # A `<` within quotes has cut the tag in two; then only the quotes tell.
    return max(named, piece.count(b'="') + piece.count(b"='"))


def clean_text(text: str) -> str:
    r"""`text` without control characters, its paragraphs separated by one newline; all other characters as they are.

    >>> clean_text("One.\r\n\r\n Two.\x00")
    'One.\nTwo.'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)
    return _LINES.sub("\n", _CONTROL.sub("", text)).strip()


def clean_line(text: str) -> str:
    """As `clean_text`, on one line."""
    return " ".join(clean_text(text).split())


def _headings(body: bytes) -> tuple[str, ...]:
    found = islice(_HEADING.finditer(body[:500_000]), MAX_HEADINGS)
    texts = (_TAG.sub(b"", match[1]).decode("utf-8", "replace") for match in found)
    return tuple(clean_line(unescape(text)) for text in texts)


def _midnight(date: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(date).replace(tzinfo=UTC) if date else None
    except ValueError:
        return None
