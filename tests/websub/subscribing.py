"""A poller with a subscriber beside it: real sockets on both sides, a parser's child, and the store in memory."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import httpx

from config.settings import FetchSettings, PollSettings, Settings, WebSubSettings
from services.poller.fetch import HttpFetcher
from services.poller.loop import Poller
from services.poller.parser import ChildParser
from services.poller.spacing import Spacing
from services.websub import callback
from services.websub.subscriber import Subscriber
from stancewire.ports import Subscriptions
from stancewire.testing import FakeStore
from stancewire.types import Feed, Item, Subscription

LOOPBACK = (ip_network("127.0.0.0/8"),)


@dataclass
class Kept:
    """Subscriptions in memory."""

    known: dict[str, Subscription] = field(default_factory=dict)

    def subscriptions(self, feed_ids: Sequence[str]) -> Mapping[str, Subscription]:
        return {feed_id: self.known[feed_id] for feed_id in feed_ids if feed_id in self.known}

    def save_subscription(self, subscription: Subscription) -> None:
        self.known[subscription.feed_id] = subscription

    def forget_subscription(self, feed_id: str) -> None:
        self.known.pop(feed_id, None)


@dataclass(kw_only=True)
class Desk:
    """What a test looks at, and its clock."""

    subscriber: Subscriber
    store: FakeStore
    callback_url: str
    offset: timedelta = timedelta()

    @property
    def subscription(self) -> Subscription | None:
        return self.subscriber.subscription_of("world")

    @property
    def state(self) -> str:
        return self.subscription.state if self.subscription else ""

    def items(self) -> list[Item]:
        return [item for batch_id in self.store.queue for item in self.store.batch(batch_id)]

    def titles(self) -> list[str]:
        return [item.entry.title for item in self.items()]

    def next_poll_in(self) -> float:
        """Seconds from the last poll to the next."""
        state = self.store.feed_states(["world"])["world"]
        assert state.next_poll_at is not None
        assert state.last_polled_at is not None
        return (state.next_poll_at - state.last_polled_at).total_seconds()

    async def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.post(f"{self.callback_url}/{path}", content=body, headers=headers or {})

    async def get(self, path: str, **question: str) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            named = {f"hub.{name}": value for name, value in question.items()}
            return await client.get(f"{self.callback_url}/{path}", params=named)


@asynccontextmanager
async def subscribed(
    url: str,
    *,
    interval: float = 60,
    slow: float = 3_600,
    max_bytes: int = 1_000_000,
    keep: Subscriptions | None = None,
    polls: bool = True,
    port: int | None = None,
) -> AsyncIterator[Desk]:
    """A poller of the one feed at `url`, with a subscriber, until the end of the context."""
    async with AsyncExitStack() as stack:
        desk: Desk | None = None

        def clock() -> datetime:
            return datetime.now(UTC) + (desk.offset if desk else timedelta())

        fetch = FetchSettings(allow_networks=LOOPBACK, host_interval_s=0, total_timeout_s=5)
        fetcher = HttpFetcher(
            fetch,
            spacing=Spacing(interval=0, at_once=4, in_all=4, monotonic=time.monotonic, sleep=asyncio.sleep),
            now=clock,
            monotonic=time.monotonic,
        )
        stack.push_async_callback(fetcher.aclose)
        parser = ChildParser(seconds=10, max_entries=1_000, now=clock, children=1)
        stack.push_async_callback(parser.aclose)
        store = FakeStore()
        feed = Feed(id="world", url=url, outlet="The Example")
        port = port or free_port()
        websub = WebSubSettings(
            callback_url=f"http://127.0.0.1:{port}/hubs/", port=port, poll_interval_s=slow, lease_s=864_000
        )
        subscriber = Subscriber(
            feeds=(feed,),
            fetcher=fetcher,
            store=keep or Kept(),
            count=store.count,
            settings=websub,
            clock=clock,
            new_secret=lambda: secrets.token_urlsafe(24),
        )
        app = callback.application(subscriber, max_bytes=max_bytes, patience_s=2)
        await stack.enter_async_context(callback.serve(app, websub))
        desk = Desk(subscriber=subscriber, store=store, callback_url=f"http://127.0.0.1:{port}/hubs")
        poller = Poller(
            feeds=(feed,),
            fetcher=fetcher,
            parser=parser,
            intake=store,
            depth=store.depth,
            settings=Settings(fetch=fetch, poll=PollSettings(interval_s=interval, pages=False)),
            workers=2,
            clock=clock,
            monotonic=time.monotonic,
            random=lambda: 0.0,
            new_id=lambda: uuid.uuid4().hex,
            hubs=subscriber,
        )
        if not polls:
            poller.stop()
        running = asyncio.create_task(poller.run())
        if not polls:
            await running
        try:
            yield desk
            poller.stop()
            await asyncio.wait_for(running, 10)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def until(reached: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not reached():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
