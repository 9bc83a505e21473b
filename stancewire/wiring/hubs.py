"""The subscriber as a real run has it, with the port that hubs call, where a public address for it is set.

Whether it runs is the poller's business: hubs that call while another leads are told to come later.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import structlog

from config.settings import Settings
from services.websub import callback
from services.websub.subscriber import Subscriber
from stancewire.adapters.connection import connect
from stancewire.adapters.subscriptions import RedisSubscriptions
from stancewire.ports import Fetcher
from stancewire.types import Feed
from stancewire.wiring.outside import now
from stancewire.wiring.stores import Server


@asynccontextmanager
async def subscribing(
    settings: Settings, server: Server, feeds: Sequence[Feed], fetcher: Fetcher, count: Callable[[str, int], None]
) -> AsyncIterator[Subscriber | None]:
    """A subscriber whose port is open, or None where none is wanted; raises ConfigurationError without a port."""
    if settings.websub.callback_url is None:
        yield None
        return
    with connect(server.url, purpose="check") as client:
        subscriber = Subscriber(
            feeds=feeds,
            fetcher=fetcher,
            store=RedisSubscriptions(client),
            count=count,
            settings=settings.websub,
            clock=now,
            new_secret=lambda: secrets.token_urlsafe(24),
        )
        app = callback.application(subscriber, max_bytes=settings.fetch.max_feed_bytes)
        async with callback.serve(app, settings.websub) as port:
            structlog.get_logger().info("hubs awaited", url=settings.websub.callback_url, port=port)
            yield subscriber
