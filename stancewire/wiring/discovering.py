"""Finds the feed of a site: fetches a page, then what it names as its feeds, then the usual addresses.

The one fetcher asks for all of it, and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from config.settings import Settings
from services.poller.charset import decode
from services.poller.discovery import feeds_named_in, usual_addresses
from services.poller.poll import ACCEPT
from stancewire.types import Feed, Fetched, FetchRequest
from stancewire.wiring.checking import FeedReport, report_on
from stancewire.wiring.outside import fetching, parsing

#: Addresses tried that the page names.
MAX_NAMED_TRIED = 5


async def find_feed(feed: Feed, settings: Settings) -> FeedReport:
    """The report on the feed at its address, or on the first feed of the site that can be read, with its own address.

    Where there is none, it is the report on the address given.
    """
    async with fetching(settings) as fetcher, parsing(settings) as parser:
        request = FetchRequest(url=feed.url, accept=ACCEPT, max_bytes=settings.fetch.max_feed_bytes)
        answer = await fetcher.fetch(request)
        first = await report_on(feed, answer, fetcher, parser, settings)
        if not first.problem or not isinstance(answer, Fetched):
            return first
        for url in _candidates(answer):
            other = replace(feed, url=url)
            found = await fetcher.fetch(replace(request, url=url))
            report = await report_on(other, found, fetcher, parser, settings)
            if not report.problem:
                return report
    return replace(
        first, fix="neither the page nor the usual addresses of its site lead to a feed; give the feed's own"
    )


def _candidates(page: Fetched) -> Iterator[str]:
    """Addresses at which the feed may be, the most likely first, each once."""
    text = decode(page.body, page.header("content-type") or "")
    named = tuple(each.url for each in feeds_named_in(text, page.url))[:MAX_NAMED_TRIED]
    yield from named
    yield from (url for url in usual_addresses(page.url) if url not in named)
