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


class _Connection(asyncio.Protocol):
    def __init__(self, site: Site) -> None:
        self._site = site
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received.endswith(b"\r\n\r\n"):
            return
        request, self._received = self._received, b""
        asked = _FEED.match(request)
        if asked is None:
            self._transport.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
            return
        body = self._site.document(int(asked[1]))
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\ncontent-length: %d\r\n\r\n"
        self._transport.write(head % len(body) + body)


async def main(articles: int) -> None:
    """Serve on all addresses of the loopback until killed."""
    site = Site(articles)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(site), "0.0.0.0", 0, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
