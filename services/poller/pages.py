"""Gets the page of an article, through the same fetcher as the feeds, and says in a line where there is none.

It reads nothing in the page but the link that it calls its own; the rest is done by the workers.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

from services.poller.entries import web_link
from stancewire.ports import Fetcher
from stancewire.types import Entry, Fetched, FetchFailed, FetchRequest, NotModified, Page

ACCEPT = "text/html, application/xhtml+xml;q=0.9"

_READABLE = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})
_OTHER_FILES = re.compile(
    r"\.(?:pdf|zip|gz|mp3|mp4|m4a|m3u8|mov|webm|avi|jpe?g|png|gif|webp|svg|docx?|xlsx?|pptx?|epub|exe|dmg)$",
    re.IGNORECASE,
)

_CANONICAL = re.compile(rb"<link\b[^<>]{0,1000}?\brel\s*=\s*[\"']?canonical\b[^<>]{0,1000}>", re.IGNORECASE)
_ADDRESS = re.compile(rb"\bhref\s*=\s*(?:\"([^\"<>]{1,4000})\"|'([^'<>]{1,4000})'|([^\s\"'<>]{1,4000}))", re.IGNORECASE)
#: Bytes of a page in which its head is looked for.
_HEAD_BYTES = 200_000


class PageSource:
    """Pages by entry."""

    def __init__(self, fetcher: Fetcher, *, max_bytes: int, enabled: bool) -> None:
        self._fetcher = fetcher
        self._max_bytes = max_bytes
        self._enabled = enabled

    async def page_of(self, entry: Entry) -> Page | str:
        """The page, or why there is none."""
        if not self._enabled:
            return "pages are not fetched"
        if entry.link is None:
            return "the entry has no link"
        if _OTHER_FILES.search(urlsplit(entry.link).path):
            return "the link leads to a file of another kind"
        answer = await self._fetcher.fetch(FetchRequest(url=entry.link, accept=ACCEPT, max_bytes=self._max_bytes))
        match answer:
            case Fetched():
                return _page_in(answer)
            case FetchFailed():
                return f"{answer.kind}: {answer.detail}"[:300]
            case NotModified():
                return "protocol: nothing was asked about and nothing changed"


def stated_link(page: Page) -> str | None:
    """The link that a page calls its own with rel=canonical, absolute; None where it names none."""
    element = _CANONICAL.search(page.body[:_HEAD_BYTES])
    address = _ADDRESS.search(element[0]) if element else None
    if address is None:
        return None
    return web_link(unescape((address[1] or address[2] or address[3]).decode("utf-8", "replace")), page.url)


def _page_in(answer: Fetched) -> Page | str:
    content_type = answer.header("content-type") or ""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in _READABLE:
        return f"the link leads to {kind[:60]}, which is not read"
    if not answer.body.strip():
        return "the page is empty"
    return Page(url=answer.url, content_type=content_type[:200], body=answer.body)
