"""Serves the feeds and pages of `bench.parts.mixed_news`, notes when each article could be known, and prints its port.

A process of its own: `python -m bench.parts.mixed_site RATE ARTICLES INTERVAL SEED`. Articles appear at RATE a second
from the first request for a feed on; with 0 each request for a feed brings new ones. `/log` tells in JSON, by number,
when each appeared and from when on a poller that asks every INTERVAL seconds is due to see it (seconds since 1970).
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.parts.loopback import ok, response, serve
from bench.parts.mixed_news import OUTLETS, entry_of, page_of, story

#: Entries that a feed lists, and those that are new at each request where articles do not appear by themselves.
LISTED, NEW = 30, 10
_REQUEST = re.compile(rb"GET (?P<path>\S+) HTTP")
_FEED = re.compile(r"/feed-(\d+)\.xml")
_PAGE = re.compile(r"/news/story-(\d+)\.html")
_TAG = re.compile(rb'(?i)\r\nif-none-match: *("[^"\r]*")')
_HOST = re.compile(rb"(?i)\r\nhost: *([^\r]+)")


@dataclass
class Site:
    """What is there at each moment."""

    rate: float
    articles: int
    interval_s: float
    seed: int
    began_at: float | None = None
    #: By number: when an article appeared, and when it was due to be seen.
    log: dict[int, tuple[float, float]] = field(default_factory=dict)
    _asked_at: dict[int, float] = field(default_factory=dict)
    _brought: dict[int, int] = field(default_factory=dict)

    def answer(self, request: bytes) -> bytes:
        """The answer to a request."""
        asked, host = _REQUEST.match(request), _HOST.search(request)
        if asked is None:
            return response(b"400 Bad Request")
        path = asked["path"].decode("ascii", "replace")
        if path == "/log":
            return ok(json.dumps(self.log).encode(), kind=b"application/json")
        if (of_feed := _FEED.fullmatch(path)) is not None:
            tag = _TAG.search(request)
            return self._feed(int(of_feed[1]), host[1].decode() if host else "", tag[1] if tag else b"")
        if (of_page := _PAGE.fullmatch(path)) is not None and int(of_page[1]) in self.log:
            return ok(page_of(story(int(of_page[1]), self.seed)), kind=b"text/html; charset=utf-8")
        return response(b"404 Not Found")

    def _feed(self, outlet: int, host: str, tag: bytes) -> bytes:
        now = time.time()
        self.began_at = self.began_at or now
        count = self._brought_by(outlet, now)
        due = self._asked_at.get(outlet, 0.0) + self.interval_s
        for place in range(self._brought.get(outlet, 0), count):
            number = outlet + OUTLETS * place
            appeared = self.began_at + number / self.rate if self.rate else now
            self.log[number] = (appeared, max(appeared, min(due, now)))
        self._brought[outlet], self._asked_at[outlet] = count, now
        own_tag = b'"%d"' % count
        if tag == own_tag:
            return response(b"304 Not Modified", tag=own_tag)
        listed = (story(outlet + OUTLETS * place, self.seed) for place in range(max(0, count - LISTED), count))
        items = "".join(
            entry_of(each, f"http://{host}", datetime.fromtimestamp(self.log[each.number][0], UTC))
            for each in reversed(tuple(listed))
        )
        head = f"<title>Paper {outlet}</title>"
        body = f'<?xml version="1.0"?><rss version="2.0"><channel>{head}\n{items}</channel></rss>'.encode()
        return ok(body, tag=own_tag)

    def _brought_by(self, outlet: int, now: float) -> int:
        """Articles that an outlet has brought by now."""
        most = max(0, -((outlet - self.articles) // OUTLETS))
        if not self.rate:
            return min(most, self._brought.get(outlet, 0) + NEW)
        assert self.began_at is not None
        appeared = int((now - self.began_at) * self.rate)
        return min(most, max(0, -((outlet - appeared) // OUTLETS)))


if __name__ == "__main__":
    rate, articles, interval, seed = sys.argv[1:]
    asyncio.run(serve(Site(float(rate), int(articles), float(interval), int(seed)).answer))
