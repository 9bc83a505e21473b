"""Serves feeds that bring nothing but new entries at each request, until so many have been served, and prints its port.

A process of its own: `python -m bench.parts.soak_site ARTICLES`. There are no pages: each entry holds its whole text.
"""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from bench.parts.chaos_news import Planned, paragraphs_of, telling, title_of
from bench.parts.loopback import ok, response, serve

FEEDS, ENTRIES = 20, 50
#: Different numbers in the texts, whose other words are some thousands: a worker keeps what it knows of a word.
DAYS = 1_000
_FEED = re.compile(rb"GET /feed-(\d+)\.xml ")
_SENTENCES = re.compile(r"(?<=\.) ")


def entry_of(number: int, base: str) -> str:
    """An entry in words of its own."""
    each = Planned(number=number, feed=number % FEEDS, appears_s=0)
    opening = " ".join(_SENTENCES.split(paragraphs_of(each, 0, revised=False)[0])[:2])
    text = f"{opening} {telling(number % DAYS, revised=False)}"
    return (
        f"<item><title>{escape(title_of(each, 0, revised=False))}</title><link>{base}{each.path}</link>"
        f"<guid isPermaLink='false'>{each.feed}-{number}</guid>"
        f"<pubDate>{format_datetime(datetime.now(UTC), usegmt=True)}</pubDate>"
        f"<description>{escape(text)}</description></item>"
    )


class Site:
    """What each feed has given so far."""

    def __init__(self, articles: int) -> None:
        self._left = articles
        self._next = 0

    def document(self, feed: int) -> bytes:
        """The next entries of a feed; none once all were served."""
        count = min(ENTRIES, self._left)
        first, self._next, self._left = self._next, self._next + count, self._left - count
        items = "".join(entry_of(number, f"http://127.0.1.{feed + 1}") for number in range(first, first + count))
        head = "<title>Paper</title><language>en</language>"
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()

    def answer(self, request: bytes) -> bytes:
        """What is answered to a request."""
        asked = _FEED.match(request)
        return ok(self.document(int(asked[1]))) if asked is not None else response(b"404 Not Found")


if __name__ == "__main__":
    asyncio.run(serve(Site(int(sys.argv[1])).answer))
