"""What becomes of a hostile feed or page: the real poller, fetcher, children, page reader, analysis and worker's job.

A site of raw sockets serves; only the clock is set, and the store may be the one in memory.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from ipaddress import ip_network

import redis
from raw_site import RawSite, page

from config.knowledge.notes import load_notes
from config.settings import FetchSettings
from services.poller.fetch import HttpFetcher
from services.poller.hubs import NoHubs
from services.poller.pages import PageSource
from services.poller.parser import Parser
from services.poller.poll import FeedPoller, PollLimits
from services.poller.report import PollReport
from services.poller.rhythm import Pace
from services.poller.spacing import Spacing
from stancewire import keys
from stancewire.adapters.store import RedisStore
from stancewire.testing import FakeStore
from stancewire.types import Feed, FeedState, Item, PollPlan
from workers.jobs import BatchJob
from workers.pipeline import Pipeline, load
from workers.read import read
from workers.read.bounded_reader import BoundedReader

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DATE = f"<pubDate>{format_datetime(NOW - timedelta(hours=2))}</pubDate>"
Store = FakeStore | RedisStore


class Desk:
    """Polls feeds one after the other, ten minutes apart."""

    def __init__(self, store: Store, poller: FeedPoller) -> None:
        self.store = store
        self.now = NOW
        self._poller = poller

    async def poll(self, feed: Feed) -> PollReport:
        state = self.store.feed_states((feed.id,)).get(feed.id, FeedState(feed_id=feed.id))
        report = await self._poller.poll(PollPlan(feed=feed, state=state), _go_on)
        self.now += timedelta(minutes=10)
        return report


@asynccontextmanager
async def desk(store: Store, parser: Parser, *, pages: bool = False) -> AsyncIterator[Desk]:
    settings = FetchSettings(
        allow_networks=(ip_network("127.0.0.0/8"),), host_interval_s=0, total_timeout_s=5, robots=False
    )
    spacing = Spacing(interval=0, at_once=4, in_all=8, monotonic=time.monotonic, sleep=asyncio.sleep)
    fetcher = HttpFetcher(settings, spacing=spacing, now=lambda: NOW, monotonic=time.monotonic)
    poller = FeedPoller(
        fetcher=fetcher,
        parser=parser,
        intake=store,
        notes=load_notes(),
        pages=PageSource(fetcher, max_bytes=settings.max_page_bytes, enabled=pages),
        limits=PollLimits(
            pace=Pace(start=600, shortest=600, longest=600, longest_asked=600, longest_backoff=600),
            max_age=timedelta(days=14),
            max_feed_bytes=settings.max_feed_bytes,
            batch_size=16,
            workers=1,
        ),
        clock=lambda: made.now,
        random=lambda: 0.0,
        new_id=lambda: uuid.uuid4().hex,
        hubs=NoHubs(),
    )
    made = Desk(store, poller)
    try:
        yield made
    finally:
        await fetcher.aclose()


async def _go_on() -> bool:
    return True


def batches_of(store: Store, client: redis.Redis | None = None) -> Sequence[str]:
    """Ids of the batches that wait for a worker."""
    if isinstance(store, FakeStore):
        return store.queue
    assert client is not None
    return [row.decode() for row in client.lrange(keys.RQ_QUEUE, 0, -1)]  # type: ignore[union-attr]


def items_in(store: Store, client: redis.Redis | None = None) -> list[Item]:
    """The items that wait, in the order accepted."""
    return [item for batch_id in batches_of(store, client) for item in store.batch(batch_id)]


@cache
def analysis() -> Pipeline:
    return load()


def work(store: Store, client: redis.Redis | None = None) -> None:
    """Do all that waits, as a worker does: read in the child, analyse, publish."""
    pages = BoundedReader()
    job = BatchJob(
        worklist=store,
        read=lambda item: read(item, pages),
        analyse=analysis().analyse_together,
        clock=lambda: NOW,
        max_attempts=1,
    )
    try:
        for batch_id in tuple(batches_of(store, client)):
            job(batch_id)
    finally:
        pages.close()


def of(site: RawSite, name: str = "world", outlet: str = "The Example") -> Feed:
    return Feed(id=name, url=site.url(f"/{name}"), outlet=outlet, country="GB", language="en")


def serve(site: RawSite, *items: str, name: str = "world", more: str = "") -> None:
    body = "".join(f"<item>{item}</item>" for item in items)
    document = f'<rss version="2.0" {more}><channel><title>W</title>{body}</channel></rss>'
    site.answers[f"/{name}"] = page(document.encode("utf-8", "surrogatepass"))


def words(title: str, summary: str = "") -> str:
    return f"<title>{escape(title)}</title><description>{escape(summary)}</description>{DATE}"
