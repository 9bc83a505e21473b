"""Whole polls with the real poller, fetcher and parsing child, and the store in memory: what came of each feed."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fetchers import Clock, fetcher_with
from listening import watched_connections

from config.knowledge.notes import load_notes
from config.settings import FetchSettings, PollSettings, Settings
from services.poller.connecting import Resolve
from services.poller.fetch import HttpFetcher
from services.poller.hubs import NoHubs
from services.poller.loop import Poller, _limits_of
from services.poller.pages import PageSource
from services.poller.parser import ChildParser
from services.poller.poll import FeedPoller
from services.poller.report import PollReport
from services.poller.standing import standing
from stancewire.testing import FakeStore
from stancewire.types import Entry, Feed, FeedState, PollPlan

#: A day between polls: each feed is polled once.
ONCE = Settings(poll=PollSettings(interval_s=86_400), fetch=FetchSettings(host_interval_s=0))


def now() -> datetime:
    return datetime.now(UTC)


#: Kinds of failure of what is not asked for at all.
REFUSED = frozenset({"blocked_address", "bad_url"})


def feeds_of(urls: tuple[str, ...]) -> tuple[Feed, ...]:
    return tuple(Feed(id=f"feed-{number}", url=url, outlet="The Example") for number, url in enumerate(urls))


@dataclass(frozen=True)
class Polled:
    """What one poll of each address left."""

    #: By address.
    states: dict[str, FeedState]
    store: FakeStore

    @property
    def reasons(self) -> dict[str, str]:
        """Kind of failure by address; empty where there was none."""
        return {url: (state.last_error or "").partition(":")[0] for url, state in self.states.items()}


async def poll_each(fetcher: HttpFetcher, *urls: str, seconds: float = 30) -> Polled:
    """Poll feeds at these addresses once each, in a running poller."""
    feeds, store = feeds_of(urls), FakeStore()
    parser = ChildParser(seconds=10, max_entries=1_000, now=now, children=1)
    poller = Poller(
        feeds=feeds,
        fetcher=fetcher,
        parser=parser,
        intake=store,
        depth=store.depth,
        settings=ONCE,
        workers=1,
        clock=now,
        monotonic=time.monotonic,
        random=lambda: 0.0,
        new_id=lambda: uuid.uuid4().hex,
    )
    running = asyncio.create_task(poller.run())
    try:
        async with asyncio.timeout(seconds):
            while len(states := store.feed_states([feed.id for feed in feeds])) < len(feeds):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        poller.stop()
        await asyncio.wait_for(running, 10)
    finally:
        running.cancel()
        await parser.aclose()
    return Polled(states={feed.url: states[feed.id] for feed in feeds}, store=store)


async def assert_all_refused(
    *urls: str, port: int = 80, kinds: frozenset[str] = REFUSED, resolve: Resolve | None = None
) -> None:
    """Polled as feeds they are all refused before a connection, told, counted and kept, and nothing is taken in.

    `port` is allowed, so that it is not what they are refused for.
    """
    async with fetcher_with(allow_networks=(), allow_ports=(80, 443, port), resolve=resolve) as fetcher:
        with watched_connections() as connected:
            polled = await poll_each(fetcher, *urls)
        assert connected == []
        assert {url: reason for url, reason in polled.reasons.items() if reason not in kinds} == {}
        assert sum(fetcher.failures[kind] for kind in kinds) == len(urls)
    assert all(state.failures == 1 and state.next_poll_at is not None for state in polled.states.values())
    assert polled.store.queue == []
    assert polled.store.payloads == {}
    for feed in feeds_of(urls):
        words = standing(feed, polled.states[feed.url], None, now()).words
        assert words.startswith(("failed: bad url: ", "failed: blocked address: ")), words


@dataclass
class Desk:
    """Polls one feed again and again, each poll with the state that the one before left."""

    fetcher: HttpFetcher
    parser: ChildParser
    clock: Clock
    pages: bool = False
    store: FakeStore = field(default_factory=FakeStore)

    def __post_init__(self) -> None:
        self._poller = FeedPoller(
            fetcher=self.fetcher,
            parser=self.parser,
            intake=self.store,
            pages=PageSource(self.fetcher, max_bytes=1_000_000, enabled=self.pages),
            notes=load_notes(),
            limits=_limits_of(Settings(), workers=1),
            clock=self.clock.now,
            random=lambda: 0.5,
            new_id=lambda: uuid.uuid4().hex,
            hubs=NoHubs(),
        )

    def state(self, feed: Feed) -> FeedState:
        return self.store.feed_states([feed.id]).get(feed.id, FeedState(feed_id=feed.id))

    async def poll(self, feed: Feed) -> PollReport:
        async def go_on() -> bool:
            return True

        return await self._poller.poll(PollPlan(feed=feed, state=self.state(feed)), go_on)

    def entries(self) -> list[Entry]:
        """Entries that were handed over, in order."""
        return [item.entry for batch_id in self.store.queue for item in self.store.batch(batch_id)]


@asynccontextmanager
async def desk_with(fetcher: HttpFetcher, clock: Clock) -> AsyncIterator[Desk]:
    parser = ChildParser(seconds=10, max_entries=1_000, now=clock.now, children=1)
    try:
        yield Desk(fetcher, parser, clock)
    finally:
        await parser.aclose()


def feed_at(url: str) -> Feed:
    return Feed(id="world", url=url, outlet="The Example")


def rss(*titles: str, encoding: str = "utf-8", declared: str = "") -> bytes:
    """A feed with an entry for each title."""
    items = "".join(
        f'<item><title>{title}</title><guid isPermaLink="false">{number}</guid><description>Words.</description></item>'
        for number, title in enumerate(titles)
    )
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return f'{declaration}<rss version="2.0"><channel><title>W</title>{items}</channel></rss>'.encode(encoding)
