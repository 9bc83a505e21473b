"""Serves feeds on the loopback and prints its port: half answer 304 to who has them, the others have news each time.

A process of its own: `python -m bench.parts.feed_server ENTRIES`.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_PATH = re.compile(rb"GET /feed-(\d+)\.xml ")
_ETAG = b'"as-it-was"'


def document(number: int, first: int, entries: int) -> bytes:
    """A feed of the usual shape, with words of its own: so many entries, the oldest of which is the `first`."""
    start = datetime.now(UTC) - timedelta(days=2)
    items = "".join(
        f"<item><title>Council of town {number} decides on matter {place}</title>"
        f"<link>https://paper-{number}.example/news/{place}</link><guid isPermaLink='false'>{number}-{place}</guid>"
        f"<pubDate>{format_datetime(start.replace(minute=0, second=0) + timedelta(hours=place))}</pubDate>"
        "<category>Town</category><description>&lt;p&gt;"
        + f"The council of town {number} met on matter {place} and put it off once more. " * 5
        + "&lt;/p&gt;</description></item>"
        for place in range(first + entries - 1, first - 1, -1)
    )
    head = f"<title>Paper {number}</title><link>https://paper-{number}.example/</link><description>News</description>"
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


class _Connection(asyncio.Protocol):
    def __init__(self, entries: int, asked: Counter[int]) -> None:
        self._entries = entries
        self._asked = asked
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received.endswith(b"\r\n\r\n"):
            return
        request, self._received = self._received, b""
        found = _PATH.match(request)
        self._transport.write(
            self._answer(int(found[1]), request) if found else b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
        )

    def _answer(self, number: int, request: bytes) -> bytes:
        has_news = number % 2 == 1
        if not has_news and _ETAG in request:
            return b"HTTP/1.1 304 Not Modified\r\netag: %b\r\n\r\n" % _ETAG
        etag = b"" if has_news else b"etag: %b\r\n" % _ETAG
        body = document(number, self._asked[number] if has_news else 0, self._entries)
        self._asked[number] += 1
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\n%bcontent-length: %d\r\n\r\n"
        return head % (etag, len(body)) + body


async def main(entries: int) -> None:
    """Serve on all addresses of the loopback until killed: each host of the benchmark is one of them."""
    asked: Counter[int] = Counter()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(entries, asked), "0.0.0.0", 0, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
