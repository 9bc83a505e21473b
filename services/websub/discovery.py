"""Finds the hub that a document names, and the address it is known by there: in the Link headers, then in the document.

Pure: it reads the head of the document alone and leaves the entries to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urljoin

from services.poller.guard import Refusal, Target, read_url
from stancewire.types import Fetched, Offer

#: Bytes of a document in which its links must stand, at its beginning and, for feeds that close with them, its end.
HEAD_BYTES, TAIL_BYTES = 200_000, 20_000
#: Characters of Link headers that are read.
_MAX_HEADER = 16_000

_HEADER_LINK = re.compile(r"<([^<>]{1,4096})>((?:[^,\"<>]|\"[^\"]{0,1000}\"){0,4000})")
_HEADER_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]{0,500})\"|([^\s;,\"]{1,500}))", re.IGNORECASE)
_LINK = re.compile(r"<(?:[\w.-]{1,40}:)?link\b([^<>]{1,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(?<![\w:.-])(rel|href)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
# What follows the head: the entries of a feed, the body of a page.
_AFTER_HEAD = re.compile(r"<(?:(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>])|body(?=[\s>])|/head\s*>)", re.IGNORECASE)
_LAST_ENTRY = re.compile(r"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_NOT_MARKUP = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<script", "</script"), ("<style", "</style"))


def find_offer(document: Fetched) -> Offer | None:
    """Where `document` can be subscribed to; None where it names no hub that can be used."""
    served = tuple(_header_links(document))
    links = served if {"hub", "self"} <= _relations(served) else (*served, *_links_in(document))
    hub = next((found for found in _urls(links, "hub", document.url) if _is_usable(found, document.url)), None)
    if hub is None:
        return None
    # A document that does not say its own address is taken to be known by the one that answered.
    topic = next(_urls(links, "self", document.url), document.url)
    return Offer(hub=hub, topic=topic)


def _relations(links: Iterable[tuple[str, str]]) -> set[str]:
    return {relation for relations, _ in links for relation in relations.lower().split()}


def _urls(links: tuple[tuple[str, str], ...], relation: str, base: str) -> Iterator[str]:
    for relations, reference in links:
        if relation in relations.lower().split():
            try:
                url = urljoin(base, reference.strip())
            except ValueError:
                continue
            if not isinstance(read_url(url), Refusal):
                yield url


def _is_usable(hub: str, document: str) -> bool:
    """A hub without TLS would make a feed that came with it as easy to forge as one without."""
    there, here = read_url(hub), read_url(document)
    return isinstance(there, Target) and (
        there.scheme == "https" or (isinstance(here, Target) and here.scheme == "http")
    )


def _header_links(document: Fetched) -> Iterator[tuple[str, str]]:
    written = ", ".join(value for name, value in document.headers if name == "link")[:_MAX_HEADER]
    for link in _HEADER_LINK.finditer(written):
        relation = _HEADER_RELATION.search(link[2])
        if relation:
            yield relation[1] or relation[2] or "", link[1]


def _links_in(document: Fetched) -> Iterator[tuple[str, str]]:
    for link in _LINK.finditer(_outside_entries(document.body)):
        values = {
            found[1].lower(): unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(link[1])
        }
        if "rel" in values and "href" in values:
            yield values["rel"], values["href"]


def _outside_entries(body: bytes) -> str:
    head = _markup(_decoded(body[:HEAD_BYTES]))
    end = _AFTER_HEAD.search(head)
    if end is None:
        return head
    tail = _decoded(body[-TAIL_BYTES:])
    closed = max((entry.end() for entry in _LAST_ENTRY.finditer(tail)), default=len(tail))
    return head[: end.start()] + _markup(tail[closed:])


def _decoded(piece: bytes) -> str:
    # Addresses are ASCII; what else is written matters little here.
    return piece.replace(b"\0", b"").decode("utf-8", "replace")


def _markup(text: str) -> str:
    """The text without what looks like markup and is none."""
    for begin, end in _NOT_MARKUP:
        kept = []
        while text:
            before, _, inside = text.partition(begin)
            kept.append(before)
            text = inside.partition(end)[2]
        text = "".join(kept)
    return text
