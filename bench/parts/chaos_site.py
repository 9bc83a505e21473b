"""Serves the feeds and pages of a run of `bench.chaos`, and prints its port; feeds have entity tags, articles appear.

A process of its own: `python -m bench.parts.chaos_site ARTICLES SECONDS SEED [DEADLY ARTICLES]`. The clock of the run
starts with the first request for a feed; `/began` says when that was, in seconds since 1970.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.parts.chaos_news import Planned, feed_of, page_of, plan
from bench.parts.loopback import ok, response, serve

_REQUEST = re.compile(rb"GET (?P<path>\S+) HTTP")
_FEED = re.compile(r"/feed-(\d+)\.xml")
_TAG = re.compile(rb'(?i)\r\nif-none-match: *("[^"\r]*")')
_HOST = re.compile(rb"(?i)\r\nhost: *([^\r]+)")


@dataclass
class Site:
    """What is there at each moment."""

    planned: tuple[Planned, ...]
    seed: int
    began_at: float | None = None
    _by_path: dict[str, Planned] = field(init=False)

    def __post_init__(self) -> None:
        self._by_path = {each.path: each for each in self.planned}

    def answer(self, request: bytes) -> bytes:
        """The answer to a request."""
        asked, host = _REQUEST.match(request), _HOST.search(request)
        if asked is None:
            return response(b"400 Bad Request")
        path = asked["path"].decode("ascii", "replace")
        if path == "/began":
            return ok(str(self.began_at or "").encode(), kind=b"text/plain")
        if (of_feed := _FEED.fullmatch(path)) is not None:
            tag = _TAG.search(request)
            return self._feed(int(of_feed[1]), host[1].decode() if host else "", tag[1] if tag else b"")
        each = self._by_path.get(path)
        if each is None or each.appears_s > self._now():
            return response(b"404 Not Found")
        return ok(page_of(each, self.seed, revised=self._is_revised(each)), kind=b"text/html; charset=utf-8")

    def _now(self) -> float:
        return time.time() - self.began_at if self.began_at is not None else -1.0

    def _is_revised(self, each: Planned) -> bool:
        return each.revised_s is not None and each.revised_s <= self._now()

    def _feed(self, number: int, host: str, tag: bytes) -> bytes:
        if self.began_at is None:
            self.began_at = time.time()
        there = (each for each in self.planned if each.feed == number and each.appears_s <= self._now())
        listed = sorted(((each, self._is_revised(each)) for each in there), key=lambda pair: -pair[0].appears_s)
        names = repr([(each.number, revised) for each, revised in listed])
        own_tag = b'"%b"' % hashlib.sha256(names.encode()).hexdigest()[:16].encode()
        if tag == own_tag:
            return response(b"304 Not Modified", tag=own_tag)
        began = datetime.fromtimestamp(self.began_at, UTC)
        body = feed_of(tuple(listed), f"http://{host}", self.seed, began)
        return ok(body, tag=own_tag)


if __name__ == "__main__":
    articles, seconds, seed, *poisons = sys.argv[1:]
    planned = plan(int(articles), float(seconds), int(seed), *map(int, poisons))
    asyncio.run(serve(Site(planned, int(seed)).answer))
