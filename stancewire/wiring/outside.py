"""The fetcher and the parser as a real run has them, with its clock.

They are given settings and nothing else; what is fetched with them is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from config.settings import Settings
from services.poller.fetch import HttpFetcher
from services.poller.parser import ChildParser
from services.poller.spacing import Spacing

#: Requests under way at one host.
_AT_ONE_HOST = 2


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def spacing(settings: Settings) -> Spacing:
    """Turns at the hosts, for all that is fetched in a process."""
    return Spacing(
        interval=settings.fetch.host_interval_s,
        at_once=_AT_ONE_HOST,
        in_all=settings.fetch.concurrency,
        monotonic=time.monotonic,
        sleep=asyncio.sleep,
    )


@asynccontextmanager
async def fetching(
    settings: Settings, *, own_ports: frozenset[int] = frozenset(), turns: Spacing | None = None
) -> AsyncIterator[HttpFetcher]:
    """A fetcher, closed afterwards, which takes `turns` at the hosts; `own_ports` are never connected to."""
    fetcher = HttpFetcher(
        settings.fetch,
        spacing=turns or spacing(settings),
        now=now,
        monotonic=time.monotonic,
        own_ports=own_ports,
    )
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


@asynccontextmanager
async def parsing(settings: Settings) -> AsyncIterator[ChildParser]:
    """A parser in child processes, ended afterwards."""
    parser = ChildParser(seconds=settings.poll.parse_timeout_s, max_entries=settings.poll.max_entries, now=now)
    try:
        yield parser
    finally:
        await parser.aclose()
