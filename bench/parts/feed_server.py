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

from bench.parts.loopback import ok, response, serve

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


class Feeds:
    """The feeds, by their numbers: the even ones stay as they are."""

    def __init__(self, entries: int) -> None:
        self._entries = entries
        self._asked: Counter[int] = Counter()

    def answer(self, request: bytes) -> bytes:
        """What is answered to a request."""
        found = _PATH.match(request)
        if found is None:
            return response(b"404 Not Found")
        number = int(found[1])
        has_news = number % 2 == 1
        if not has_news and _ETAG in request:
            return response(b"304 Not Modified", tag=_ETAG)
        body = document(number, self._asked[number] if has_news else 0, self._entries)
        self._asked[number] += 1
        return ok(body, tag=b"" if has_news else _ETAG)


if __name__ == "__main__":
    asyncio.run(serve(Feeds(int(sys.argv[1])).answer))
