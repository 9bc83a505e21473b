"""Tries feeds out: fetches and parses each as the poller would, and says what to do about those that fail.

Nothing is stored, and no server is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.settings import Settings
from services.poller.parser import Parser
from services.poller.poll import ACCEPT
from services.poller.sitemap_index import read_document
from stancewire.ports import Fetcher
from stancewire.types import Feed, Fetched, FetchErrorKind, FetchFailed, FetchRequest, FetchResult
from stancewire.wiring.outside import fetching, parsing

_FIXES: dict[FetchErrorKind, str] = {
    "bad_url": "correct the address in the list",
    "blocked_address": "the address leads into a network that is not public; fetch.allow_networks lets it through",
    "dns": "see whether the host name is spelled right, and whether this machine reaches a name server",
    "connect": "the host does not answer: try again later, or see whether a firewall is in between",
    "tls": "the host's certificate is not accepted: try the address in a browser",
    "timeout": "the host is slow: try again later, or raise fetch.total_timeout_s",
    "protocol": "the host does not speak HTTP properly: try again later",
    "decode": "the host sends a broken compression: try again later",
    "too_large": "raise fetch.max_feed_bytes if this feed is wanted",
    "too_many_redirects": "look for the feed's present address on the outlet's site",
    "bad_redirect": "look for the feed's present address on the outlet's site",
    "http_status": "look for the feed's present address on the outlet's site",
    "not_a_feed": "look for the feed's address on the outlet's site; this is another document",
    "parse": "the document is broken: try again later, or tell the outlet",
    "robots": "the host forbids it to programs like this one: ask the outlet, or look for a feed that it allows",
    "held": "the host asked for time: try again later",
}
_REFUSED = "the host refuses programs like this one: ask the outlet, or name yourself in fetch.contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReport:
    """How a feed is."""

    feed: Feed
    entries: int = 0
    newest: datetime | None = None
    title: str = ""
    language: str | None = None
    #: What is odd about it though it can be read.
    remark: str = ""
    #: Why it cannot be read, and what to do.
    problem: str = ""
    fix: str = ""


async def check_feeds(feeds: Sequence[Feed], settings: Settings) -> AsyncIterator[FeedReport]:
    """A report for each feed, as they come in."""
    async with fetching(settings) as fetcher, parsing(settings) as parser:
        tasks = [asyncio.create_task(_check(feed, fetcher, parser, settings)) for feed in feeds]
        try:
            for report in asyncio.as_completed(tasks):
                yield await report
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _check(feed: Feed, fetcher: Fetcher, parser: Parser, settings: Settings) -> FeedReport:
    request = FetchRequest(url=feed.url, accept=ACCEPT, max_bytes=settings.fetch.max_feed_bytes)
    return await report_on(feed, await fetcher.fetch(request), fetcher, parser, settings)


async def report_on(
    feed: Feed, answer: FetchResult, fetcher: Fetcher, parser: Parser, settings: Settings
) -> FeedReport:
    """How the feed is by what its address answered."""
    if not isinstance(answer, Fetched):
        return _bad(feed, answer) if isinstance(answer, FetchFailed) else FeedReport(feed=feed, problem="no document")
    parsed = await read_document(answer, fetcher=fetcher, parser=parser, max_bytes=settings.fetch.max_feed_bytes)
    if isinstance(parsed, FetchFailed):
        return _bad(feed, parsed)
    dates = [moment for entry in parsed.entries if (moment := entry.published_at or entry.updated_at) is not None]
    remarks = []
    if answer.url != feed.url:
        remarks.append(f"has moved to {answer.url}")
    if parsed.malformed:
        remarks.append(f"malformed: {parsed.malformed}")
    if parsed.truncated:
        remarks.append(f"{parsed.truncated} entries more than are read")
    if parsed.skips:
        remarks.append(f"{len(parsed.skips)} entries cannot be used: {parsed.skips[0].reason}")
    return FeedReport(
        feed=feed,
        entries=len(parsed.entries),
        newest=max(dates, default=None),
        title=parsed.title,
        language=parsed.language,
        remark="; ".join(remarks),
    )


def _bad(feed: Feed, failure: FetchFailed) -> FeedReport:
    fix = _REFUSED if failure.status in {401, 403, 429} else _FIXES[failure.kind]
    return FeedReport(feed=feed, problem=f"{failure.kind}: {failure.detail}", fix=fix)
